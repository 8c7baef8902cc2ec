package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Propagation;
import dev.overlays.UuidMode;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** mount(8) of this machine mounts the layers that the entries name. */
class BootMountTest {
  private static final int ROUNDS = 8;
  private static final int LOWER_ROUNDS = 150;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    BootPrograms.requirePrograms("mount", "unshare", "findmnt");
  }

  private static void make(OverlaySpec spec) throws IOException {
    for (Path path : spec.requiredPaths()) {
      Files.createDirectories(path);
    }
    for (Path lower : spec.lowers()) {
      Files.writeString(lower.resolve("of " + spec.lowers().indexOf(lower)), "");
    }
  }

  @Test
  void mountsTheLayersThatWereMeant() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; ) {
      OverlaySpec spec =
          new HardNames(random, false)
              .spec(sandbox.createDirectory("round" + round)).toBuilder()
                  .options(o -> o.withUuid(UuidMode.AUTO))
                  .build();
      Optional<FstabEntry> entry = entry(spec);
      if (entry.isEmpty()) {
        continue;
      }
      round++;
      make(spec);
      String message = "seed " + seed + " round " + round + ": " + entry.get();
      assertEquals(new BootCheck(List.of(), Optional.empty()), BootCheck.of(entry.get()), message);
      BootCheck unit = BootCheck.of(SystemdUnit.of(spec));
      assertEquals(new BootCheck(List.of(), Optional.empty()), unit, message);
      Path file = sandbox.path("fstab");
      Files.deleteIfExists(file);
      Fstab.parse(new byte[0]).with(entry.get()).write(file);
      Sandbox.run("findmnt", "--verify", "--tab-file", file.toString());
    }
  }

  private static Optional<FstabEntry> entry(OverlaySpec spec) {
    try {
      return Optional.of(FstabEntry.of(spec));
    } catch (OverlayException e) {
      return Optional.empty();
    }
  }

  /** Tries each name alone, so that a failure names the character. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        " a ",
        "tab\t",
        "a,ro",
        ",",
        "a:b",
        "a=b",
        "#a",
        "-dash",
        "it's",
        "%41$",
        "\u00c3\u00a9"
      })
  void mountsLayersOfEachName(String name) throws IOException {
    String root = ByteText.of(sandbox.root());
    Path lower = PathBytes.toPath(ByteText.bytesOf(root + "/lower/" + name));
    Path upper = PathBytes.toPath(ByteText.bytesOf(root + "/upper/" + name));
    Path work = PathBytes.toPath(ByteText.bytesOf(root + "/work/" + name));
    Path mountPoint = PathBytes.toPath(ByteText.bytesOf(root + "/mnts/" + name + "."));
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lower)
            .upper(upper)
            .work(work)
            .mountPoint(mountPoint)
            .options(o -> o.withUuid(UuidMode.ON))
            .build();
    make(spec);
    FstabEntry entry = FstabEntry.of(spec);
    assertEquals(new BootCheck(List.of(), Optional.empty()), BootCheck.of(entry));
    Path file = sandbox.path("fstab");
    Fstab.parse(new byte[0]).with(entry).write(file);
    Sandbox.run("findmnt", "--verify", "--tab-file", file.toString());
    // As at the start, in a namespace of its own.
    String seen =
        Sandbox.run(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            "mount -n -a -T \"$1\" && ls \"$2\" && touch \"$2/written\"",
            "sh",
            file.toString(),
            mountPoint.toString());
    assertEquals("of 0\n", seen);
    assertTrue(Files.exists(upper.resolve("written")));
    assertFalse(Files.exists(mountPoint.resolve("written")));
    Sandbox.run("mount", "-n", "-T", file.toString(), mountPoint.toString());
    try (OverlayMount mount = Overlays.find(mountPoint).orElseThrow()) {
      assertEquals(spec, mount.spec());
      assertTrue(Files.exists(mount.root().resolve("written")));
    }
  }

  @Test
  void mountsManyLowersWithLongNames() throws IOException {
    List<Path> lowers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      lowers.add(sandbox.path("a:" + i + "b".repeat(190)));
    }
    OverlaySpec spec = sandbox.newLayers().lowers(lowers).build();
    make(spec);
    FstabEntry entry = FstabEntry.of(spec);
    assertEquals(new BootCheck(List.of(), Optional.empty()), BootCheck.of(entry), entry::toString);
    FstabEntry list = FstabEntry.of(spec, BootOption.DEFAULTS, new MountSupport(true, false));
    String version = ProgramResult.run("mount", "--version").output();
    if (MountSupport.versionTakesLongValues(version)) {
      assertEquals(new BootCheck(List.of(), Optional.empty()), BootCheck.of(list), list::toString);
    } else {
      assertFalse(BootCheck.of(list).problems().isEmpty(), version);
    }
  }

  /** Systemd makes every mount shared, so the entry must name the propagation. */
  @ParameterizedTest
  @ValueSource(strings = {"PRIVATE", "SHARED"})
  void thePropagationIsThatOfTheSpec(String name) throws IOException {
    OverlaySpec spec = sandbox.newLayers().propagation(Propagation.valueOf(name)).build();
    Path file = sandbox.path("fstab");
    Fstab.parse(new byte[0]).with(FstabEntry.of(spec)).write(file);
    String flags =
        Sandbox.run(
            "unshare",
            "--mount",
            "--propagation",
            "shared",
            "sh",
            "-c",
            "mount -n -a -T \"$1\" && findmnt -n -o PROPAGATION \"$2\" && umount -n \"$2\"",
            "sh",
            file.toString(),
            sandbox.path("mnts").toString());
    assertEquals(name.toLowerCase(Locale.ROOT), flags.strip());
  }

  /** Mounts as systemd mounts a unit: with the options of the file, without systemd's own. */
  @Test
  void findsWhatAUnitMounts() throws IOException {
    OverlaySpec spec = sandbox.newLayers().lower(sandbox.createDirectory("a, second/x")).build();
    SystemdUnit.of(spec).write(sandbox.root());
    SystemdUnit unit = SystemdUnit.read(sandbox.path(SystemdUnit.of(spec).fileName()));
    ProgramResult mounted =
        BootPrograms.run(
            Map.of(),
            List.of(
                "mount",
                "-n",
                "-t",
                "overlay",
                "-o",
                unit.mountOptions().replace(",nofail", ""),
                "overlay",
                sandbox.path("mnts").toString()));
    assertEquals(new ProgramResult(0, ""), mounted);
    try (OverlayMount mount = Overlays.find(sandbox.path("mnts")).orElseThrow()) {
      assertEquals(spec, mount.spec());
    }
  }

  /** Options that the entry leaves out are read as the kernel's defaults. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "lowerdir=L,upperdir=U,workdir=W",
        "userxattr,workdir=W,upperdir=U,lowerdir=L",
        "lowerdir=L,metacopy=on,upperdir=U,workdir=W",
        "ro,lowerdir=L:M"
      })
  void findsWhatAnEntryWrittenByHandMounts(String options) throws IOException {
    Path file =
        sandbox.createFile(
            "fstab",
            "overlay %s overlay %s 0 0\n"
                .formatted(
                    sandbox.createDirectory("mnts"),
                    options
                        .replace("L", sandbox.createDirectory("lower").toString())
                        .replace("M", sandbox.createDirectory("middle").toString())
                        .replace("U", sandbox.createDirectory("upper").toString())
                        .replace("W", sandbox.createDirectory("work").toString())));
    FstabEntry entry = Fstab.read(file).entries().get(0);
    assertEquals(new BootCheck(List.of(), Optional.empty()), BootCheck.of(entry));
    Sandbox.run("mount", "-n", "-T", file.toString(), sandbox.path("mnts").toString());
    try (OverlayMount mount = Overlays.find(sandbox.path("mnts")).orElseThrow()) {
      assertEquals(entry.spec().options(), mount.spec().options());
    }
  }

  /**
   * Lists, single lowers and data-only lowers in any order: the decoder accepts what mount(8)
   * mounts, with the same layers.
   */
  @Test
  void readsLowersAsTheKernelTakesThem() throws IOException {
    KernelAbility.LAYERS_BY_NAME.assumePresent();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Path mountPoint = sandbox.createDirectory("mnts");
    int mounted = 0;
    for (int round = 0; round < LOWER_ROUNDS; round++) {
      String options = lowerOptions(random) + ",default_permissions,metacopy=on,redirect_dir=on";
      Optional<OverlaySpec> taken = Optional.empty();
      ProgramResult mount =
          ProgramResult.run(
              "mount", "-t", "overlay", "overlay", "-o", options, mountPoint.toString());
      if (mount.status() == 0) {
        mounted++;
        taken = Optional.of(Overlays.find(mountPoint).orElseThrow().spec());
        sandbox.unmount(mountPoint);
      }
      String message = "seed " + seed + " round " + round + ": " + options;
      String line = "overlay " + mountPoint + " overlay " + options + "\n";
      FstabEntry entry = Fstab.parse(ByteText.bytesOf(line)).entries().get(0);
      Optional<OverlaySpec> read = Optional.empty();
      try {
        read = Optional.of(entry.spec());
      } catch (OverlayException e) {
        assertTrue(taken.isEmpty(), () -> message + ": " + e);
      }
      assertEquals(
          taken.map(spec -> List.of(spec.lowers(), spec.dataLowers())),
          read.map(spec -> List.of(spec.lowers(), spec.dataLowers())),
          message);
    }
    assertTrue(mounted > LOWER_ROUNDS / 30, "seed " + seed + ": mounted " + mounted);
  }

  private String lowerOptions(Random random) throws IOException {
    List<String> options = new ArrayList<>();
    int layers = 0;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int kind = random.nextInt(4);
      if (kind < 2) {
        StringBuilder list = new StringBuilder();
        for (int parts = random.nextInt(4); parts > 0; parts--) {
          list.append(sandbox.createDirectory("layer" + layers++));
          list.append(parts > 1 || random.nextInt(8) == 0 ? ":" : "");
          list.append(parts > 1 && random.nextInt(2) == 0 ? ":" : "");
        }
        options.add("lowerdir=" + (random.nextInt(12) == 0 ? ":" : "") + list);
      } else {
        String option = kind == 2 ? "lowerdir+=" : "datadir+=";
        options.add(option + sandbox.createDirectory("layer" + layers++));
      }
    }
    return String.join(",", options);
  }
}
