package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Units, their files, and how systemd reads them. */
class SystemdUnitTest {
  private static final int ROUNDS = 40;
  private static final int VERIFIED = 4;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = BootPrograms.createSandbox();
  }

  private static OverlaySpec spec(String lower) {
    return OverlaySpec.builder().lower(Path.of(lower)).instance(Path.of("/disk/100% é")).build();
  }

  @Test
  void aUnitSaysEveryOption() throws OverlayException {
    SystemdUnit unit = SystemdUnit.of(spec("/it's, a lower/x"));
    assertEquals("disk-100\\x25\\x20\\xc3\\xa9-mnts.mount", unit.fileName());
    assertEquals(
        """
        # Written by Overlays.
        [Unit]
        Description=Overlay view at /disk/100%% é/mnts
        Documentation=man:systemd.mount(5)
        RequiresMountsFor="/it's, a lower/x"
        RequiresMountsFor="/disk/100%% é/upper"
        RequiresMountsFor="/disk/100%% é/work"

        [Mount]
        What=overlay
        Where=/disk/100%% é/mnts
        Type=overlay
        Options=lowerdir=/it's\\, a lower/x,upperdir=/disk/100%% é/upper,\
        workdir=/disk/100%% é/work,index=off,nfs_export=off,metacopy=off,redirect_dir=nofollow,\
        xino=off,nofail,private

        [Install]
        WantedBy=local-fs.target
        """,
        unit.toString());
  }

  @Test
  void readsBackAsAnEqualUnit() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int written = 0;
    for (int round = 0; round < ROUNDS; round++) {
      OverlaySpec spec = new HardNames(random, false).spec(Path.of("/r"));
      Set<BootOption> options = options(random);
      String message = "seed " + seed + " round " + round + ": " + options + spec;
      Optional<SystemdUnit> unit = writable(spec, options);
      if (unit.isPresent()) {
        unit.get().write(sandbox.root());
        SystemdUnit read = SystemdUnit.read(sandbox.path(unit.get().fileName()));
        assertEquals(unit.get(), read, message);
        assertEquals(spec, read.spec(), message);
        assertEquals(options, read.bootOptions(), message);
        unit.get().remove(sandbox.root());
        written++;
      }
    }
    assertEquals(Set.of(""), sandbox.listEntries().keySet(), "seed " + seed);
    assertTrue(written > ROUNDS / 4, "seed " + seed + ": only " + written + " were written");
  }

  private static Set<BootOption> options(Random random) {
    List<BootOption> options = new ArrayList<>(List.of(BootOption.values()));
    options.removeIf(option -> random.nextBoolean());
    return Set.copyOf(options);
  }

  private static Optional<SystemdUnit> writable(OverlaySpec spec, Set<BootOption> options) {
    try {
      return Optional.of(SystemdUnit.of(spec, options));
    } catch (OverlayException e) {
      return Optional.empty();
    }
  }

  /** systemd's verifier takes the text after a colon in a file name for an alias of the unit. */
  @Test
  void systemdReadsTheSame() throws IOException {
    BootPrograms.requirePrograms("systemd-analyze");
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<SystemdUnit> units = new ArrayList<>();
    List<String> command = new ArrayList<>(List.of("systemd-analyze", "--man=no", "verify"));
    for (int i = 0; units.size() < VERIFIED; i++) {
      OverlaySpec spec = new HardNames(random, false).spec(Path.of("/r" + i));
      Optional<SystemdUnit> unit = writable(spec, options(random));
      if (unit.isPresent() && !unit.get().fileName().contains(":")) {
        units.add(unit.get());
        unit.get().write(sandbox.root());
        command.add(sandbox.path(unit.get().fileName()).toString());
        unit.get().automountName().ifPresent(name -> command.add(sandbox.path(name).toString()));
      }
    }
    String message = "seed " + seed + " " + units;
    ProgramResult quiet = BootPrograms.run(Map.of("SYSTEMD_LOG_LEVEL", "info"), command);
    assertEquals(new ProgramResult(0, ""), quiet, message);
    Set<String> dump =
        BootPrograms.run(
                Map.of("SYSTEMD_LOG_LEVEL", "debug", "SYSTEMD_LOG_TARGET", "null"), command)
            .output()
            .lines()
            .map(line -> line.replaceFirst("^\\s+", ""))
            .collect(Collectors.toSet());
    for (SystemdUnit unit : units) {
      String where = "Where: " + ByteText.of(unit.spec().mountPoint().orElseThrow());
      assertTrue(dump.contains(where), where + " " + message);
      String options = "Options: " + unit.mountOptions();
      assertTrue(dump.contains(options), options + " " + message);
      for (Path layer : EntryOptions.layersOf(unit.spec())) {
        String requires = "RequiresMountsFor: " + ByteText.of(layer) + " (origin-file)";
        assertTrue(dump.contains(requires), requires + " " + message);
      }
    }
  }

  @Test
  void anAutomountUnitComesAndGoes() throws IOException {
    SystemdUnit with = SystemdUnit.of(spec("/l"), Set.of(BootOption.AUTOMOUNT));
    with.write(sandbox.root());
    Path automount = sandbox.path(with.automountName().orElseThrow());
    assertEquals(with.automountName().orElseThrow(), with.enabledName());
    assertTrue(Files.readString(automount).contains("\n[Install]\nRequiredBy=local-fs.target\n"));
    assertFalse(Files.readString(sandbox.path(with.fileName())).contains("[Install]"));
    SystemdUnit without = SystemdUnit.of(spec("/l"), Set.of(BootOption.NETDEV));
    without.write(sandbox.root());
    assertFalse(Files.exists(automount));
    assertTrue(without.toString().endsWith("\n[Install]\nRequiredBy=remote-fs.target\n"));
    without.remove(sandbox.root());
    without.remove(sandbox.root());
    assertFalse(Files.exists(sandbox.path(with.fileName())));
  }

  @Test
  void removesWhatAKilledWriterHasLeft() throws IOException {
    SystemdUnit unit = SystemdUnit.of(spec("/l"));
    sandbox.createFile("." + unit.fileName() + ".overlays-new", "half");
    sandbox.createFile("." + unit.fileName() + ".overlays-old", "old");
    unit.remove(sandbox.root());
    assertEquals(Set.of(""), sandbox.listEntries().keySet());
  }

  @Test
  void replacesWhatItHasWrittenOnly() throws IOException {
    SystemdUnit unit = SystemdUnit.of(spec("/l"));
    Path file = sandbox.path(unit.fileName());
    SystemdUnit.of(spec("/old")).write(sandbox.root());
    unit.write(sandbox.root());
    assertEquals(unit, SystemdUnit.read(file));
    String ours = Files.readString(file);
    for (String foreign :
        List.of(
            ours.replace("Type=overlay", "Type=overlay\nTimeoutSec=5"),
            ours.replace("/l\n", "/m\n"),
            ours.replace("WantedBy", "RequiredBy"),
            ours.replace("What=overlay\n", ""),
            ours.replace("RequiresMountsFor=/l\n", ""),
            ours.replace("RequiresMountsFor=/l\n", "RequiresMountsFor=/l\nRequiresMountsFor=/l\n"),
            ours.replaceFirst("(?s)\\[Install].*", ""),
            ours.replace("%%", "%h"),
            "no unit")) {
      Files.writeString(file, foreign);
      OverlayException read = assertThrows(OverlayException.class, () -> SystemdUnit.read(file));
      assertTrue(read.has(ProblemCode.BOOT_ENTRY_UNREADABLE), read::toString);
      refusesToTouch(unit);
      assertEquals(foreign, Files.readString(file));
    }
  }

  @Test
  void leavesAForeignAutomountUnitAndAMaskedOneAlone() throws IOException {
    SystemdUnit unit = SystemdUnit.of(spec("/l"), Set.of(BootOption.AUTOMOUNT));
    Path automount = sandbox.createFile(unit.automountName().orElseThrow(), "theirs");
    OverlayException e = assertThrows(OverlayException.class, () -> unit.write(sandbox.root()));
    assertTrue(e.has(ProblemCode.BOOT_ENTRY_FOREIGN), e::toString);
    Files.delete(automount);
    Path masked = Files.createSymbolicLink(sandbox.path(unit.fileName()), Path.of("/dev/null"));
    e = assertThrows(OverlayException.class, () -> unit.write(sandbox.root()));
    assertTrue(e.has(ProblemCode.BOOT_ENTRY_FOREIGN), e::toString);
    assertTrue(Files.isSymbolicLink(masked));
  }

  @Test
  void leavesAnAutomountUnitAloneThatWasChangedByHand() throws IOException {
    SystemdUnit unit = SystemdUnit.of(spec("/l"), Set.of(BootOption.AUTOMOUNT));
    unit.write(sandbox.root());
    unit.write(sandbox.root());
    Path automount = sandbox.path(unit.automountName().orElseThrow());
    String edited = Files.readString(automount).replace("Where", "TimeoutIdleSec=60\nWhere");
    Files.writeString(automount, edited);
    refusesToTouch(unit);
    assertEquals(edited, Files.readString(automount));
    Path theirs = sandbox.createFile("theirs", unit.toString());
    Files.delete(automount);
    Files.createSymbolicLink(automount, theirs);
    refusesToTouch(unit);
    assertEquals(unit.toString(), Files.readString(theirs));
  }

  private void refusesToTouch(SystemdUnit unit) {
    for (Executable change :
        List.<Executable>of(() -> unit.write(sandbox.root()), () -> unit.remove(sandbox.root()))) {
      OverlayException e = assertThrows(OverlayException.class, change);
      assertTrue(e.has(ProblemCode.BOOT_ENTRY_FOREIGN), e::toString);
    }
  }

  @Test
  void refusesNamesThatFilesCannotHave() {
    OverlaySpec spec =
        OverlaySpec.builder().lower(Path.of("/l")).instance(Path.of("/" + "é".repeat(50))).build();
    OverlayException e = assertThrows(OverlayException.class, () -> SystemdUnit.of(spec));
    assertTrue(e.has(ProblemCode.BOOT_ENTRY_TOO_LONG), e::toString);
  }

  /** mount(2) would cut the data off, which systemd does not notice. */
  @Test
  void refusesMoreOptionsThanMountTakes() {
    List<Path> lowers = IntStream.range(0, 450).mapToObj(i -> Path.of("/layer" + i)).toList();
    OverlaySpec spec = spec("/l").toBuilder().lowers(lowers).build();
    OverlayException e = assertThrows(OverlayException.class, () -> SystemdUnit.of(spec));
    assertTrue(e.has(ProblemCode.BOOT_ENTRY_TOO_LONG), e::toString);
  }
}
