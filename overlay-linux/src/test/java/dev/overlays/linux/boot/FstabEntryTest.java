package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.IdMapping;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.layer.PathBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of fstab and the specs they stand for. */
class FstabEntryTest {
  private static final int ROUNDS = 400;
  private static final MountSupport OLD = new MountSupport(true, false);
  private static final MountSupport NEW = new MountSupport(false, true);

  private static final Set<ProblemCode> OF_NAMES =
      Set.of(ProblemCode.BOOT_NAME_MISREAD, ProblemCode.BOOT_ENTRY_TOO_LONG);

  private static OverlaySpec.Builder plain() {
    return OverlaySpec.builder().lower(Path.of("/l")).instance(Path.of("/i"));
  }

  private static FstabEntry entry(OverlaySpec spec, MountSupport program) throws OverlayException {
    return FstabEntry.of(spec, Set.of(BootOption.NOFAIL), program);
  }

  private static Fstab parse(String line) {
    return Fstab.parse(ByteText.bytesOf(line));
  }

  private static OverlaySpec read(String options) throws OverlayException {
    return parse("overlay /m overlay " + options).entries().get(0).spec();
  }

  @Test
  void anEntrySaysEveryOption() throws OverlayException {
    assertEquals(
        "overlay /i/mnts overlay"
            + " lowerdir=/l,upperdir=/i/upper,workdir=/i/work,index=off,nfs_export=off,metacopy=off,"
            + "redirect_dir=nofollow,xino=off,nofail,x-systemd.requires-mounts-for=/l,"
            + "x-systemd.requires-mounts-for=/i/upper,x-systemd.requires-mounts-for=/i/work,private"
            + " 0 0",
        FstabEntry.of(plain().build()).toString());
  }

  @Test
  void readsBackAsAnEqualSpec() throws OverlayException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int written = 0;
    for (int round = 0; round < ROUNDS; round++) {
      boolean misread = random.nextBoolean();
      OverlaySpec spec = new HardNames(random, misread).spec(Path.of("/r"));
      String message = "seed " + seed + " round " + round + ": " + spec;
      FstabEntry entry;
      try {
        entry = entry(spec, random.nextBoolean() ? OLD : NEW);
      } catch (OverlayException e) {
        assertTrue(e.problems().stream().map(Problem::code).allMatch(OF_NAMES::contains), message);
        continue;
      }
      Fstab fstab = parse("# before\n" + entry.toLine() + "\nafter");
      FstabEntry read =
          fstab.find(spec.mountPoint().orElseThrow()).orElseThrow(AssertionError::new);
      assertEquals(spec, read.spec(), message);
      assertEquals(entry, read, message);
      assertEquals(Set.of(BootOption.NOFAIL), read.bootOptions(), message);
      written++;
    }
    assertTrue(written > ROUNDS / 10, "seed " + seed + ": only " + written + " were written");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/back\\slash",
        "/quo\"te",
        "/line\nend",
        "/return\rhere",
        "/\u00e9",
        "/a,ro,b/c",
        "/a,x-b/c",
        "/a,b=c",
        "/a,b:c",
        "/${HOME}",
        "/pay$$",
        "/\u00ef\u00bf\u00bf"
      })
  void refusesWhatSomeReaderWouldMisread(String name) {
    OverlaySpec spec = plain().lower(PathBytes.toPath(ByteText.bytesOf(name))).build();
    OverlayException e = assertThrows(OverlayException.class, () -> entry(spec, OLD));
    assertEquals(
        List.of(ProblemCode.BOOT_NAME_MISREAD),
        e.problems().stream().map(Problem::code).toList(),
        e::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/m\n", "/m\\", "/m ", "/m\t", "/\u00ff", "/${x}", "/$$"})
  void refusesMountPointsThatSystemdWouldMisread(String name) {
    OverlaySpec spec = plain().mountPoint(PathBytes.toPath(ByteText.bytesOf(name))).build();
    OverlayException e = assertThrows(OverlayException.class, () -> entry(spec, OLD));
    assertTrue(e.has(ProblemCode.BOOT_NAME_MISREAD), e::toString);
  }

  @Test
  void refusesSpecsThatNoEntryStandsFor() {
    List<OverlaySpec> specs =
        List.of(
            OverlaySpec.builder()
                .lower(Path.of("/l"))
                .mountPoint(Path.of("/m"))
                .ephemeral()
                .build(),
            OverlaySpec.builder().lower(Path.of("/a")).lower(Path.of("/b")).build(),
            plain().lower(Path.of("/mapped"), IdMapping.of(0, 1000, 1)).build(),
            plain().lower(Path.of("relative")).build(),
            plain().lower(Path.of("/up/../here")).build(),
            plain().mountPoint(Path.of("/")).build());
    for (OverlaySpec spec : specs) {
      OverlayException e = assertThrows(OverlayException.class, () -> FstabEntry.of(spec));
      assertEquals(
          List.of(ProblemCode.BOOT_SPEC_UNSUPPORTED),
          e.problems().stream().map(Problem::code).toList(),
          e::toString);
    }
  }

  @Test
  void longListsGoOneByOneWhereTheKernelKnowsThat() throws OverlayException {
    List<Path> lowers =
        IntStream.range(0, 30).mapToObj(i -> Path.of("/disk/of a layer/number:" + i)).toList();
    OverlaySpec spec = plain().lowers(lowers).build();
    String one = entry(spec, NEW).toLine();
    assertTrue(one.contains("lowerdir+=/disk/of\\040a\\040layer/number:0,lowerdir+="), one);
    assertEquals(spec, parse(one).entries().get(0).spec());
    String list = entry(spec, OLD).toLine();
    assertTrue(list.contains("lowerdir=/disk/of\\040a\\040layer/number\\134:0:"), list);
    assertEquals(spec, parse(list).entries().get(0).spec());
    OverlayException e =
        assertThrows(OverlayException.class, () -> entry(spec, new MountSupport(false, false)));
    assertTrue(e.has(ProblemCode.BOOT_ENTRY_TOO_LONG), e::toString);
  }

  @Test
  void refusesWhatIsTooLong() {
    Path longUpper = Path.of("/" + "u".repeat(200), "v".repeat(200));
    OverlaySpec upper = plain().upper(longUpper).build();
    assertEquals(List.of(), problems(upper, OLD));
    assertEquals(List.of(ProblemCode.BOOT_ENTRY_TOO_LONG), problems(upper, NEW));
    OverlaySpec many =
        plain()
            .lowers(IntStream.range(0, 450).mapToObj(i -> Path.of("/layer" + i)).toList())
            .build();
    assertEquals(List.of(ProblemCode.BOOT_ENTRY_TOO_LONG), problems(many, OLD));
    // No more than 4,095 bytes for mount(2), but for systemd, which has every layer twice.
    OverlaySpec lessMany =
        plain()
            .lowers(IntStream.range(0, 100).mapToObj(i -> Path.of("/layer" + i)).toList())
            .build();
    assertEquals(List.of(ProblemCode.BOOT_ENTRY_TOO_LONG), problems(lessMany, OLD));
  }

  private static List<ProblemCode> problems(OverlaySpec spec, MountSupport program) {
    try {
      entry(spec, program);
      return List.of();
    } catch (OverlayException e) {
      return e.problems().stream().map(Problem::code).toList();
    }
  }

  @Test
  void hasTheOptionsAskedFor() throws OverlayException {
    Set<BootOption> none = FstabEntry.of(plain().build(), Set.of()).bootOptions();
    assertEquals(Set.of(), none);
    FstabEntry entry =
        FstabEntry.of(
            plain().build(), Set.of(BootOption.AUTOMOUNT, BootOption.NETDEV, BootOption.NOAUTO));
    assertTrue(entry.toString().contains(",noauto,x-systemd.automount,_netdev,"), entry::toString);
    assertFalse(entry.toString().contains("nofail"), entry::toString);
    assertEquals(
        Set.of(BootOption.AUTOMOUNT, BootOption.NETDEV, BootOption.NOAUTO), entry.bootOptions());
  }

  @Test
  void readsWhatIsWrittenByHand() throws OverlayException {
    OverlaySpec spec =
        read(
            "defaults,noatime,ro,lowerdir=/a\\040b:/c\\134:d,upperdir=/u\\134,v/w,workdir=/w,"
                + "index=on,shared,x-anything=1,comment=x 0 0");
    assertEquals(List.of(Path.of("/a b"), Path.of("/c:d")), spec.lowers());
    assertEquals(Optional.of(Path.of("/u,v/w")), spec.upper());
    assertEquals(Set.of(MountAttribute.READ_ONLY, MountAttribute.NOATIME), spec.attributes());
    assertEquals(Propagation.SHARED, spec.propagation());
    assertTrue(spec.options().index());
    assertEquals(Set.of(), read("ro,nosuid,rw,suid,lowerdir=/a:/b").attributes());
  }

  @Test
  void lastListOfLowersIsInForce() throws OverlayException {
    assertEquals(
        List.of(Path.of("/c"), Path.of("/d")),
        read("lowerdir+=/a,lowerdir=/b:/e,lowerdir=/c:/d,default_permissions").lowers());
  }

  @Test
  void readsWhatTheKernelMakesOfWhatIsNotSaid() throws OverlayException {
    OverlayOptions user = read("userxattr,lowerdir=/a,upperdir=/u,workdir=/w").options();
    assertEquals(RedirectDir.NOFOLLOW, user.redirectDir());
    assertFalse(user.metacopy());
    OverlayOptions metacopy = read("metacopy=on,lowerdir=/a,upperdir=/u,workdir=/w").options();
    assertEquals(RedirectDir.ON, metacopy.redirectDir());
    assertNotEquals(RedirectDir.FOLLOW, read("lowerdir=/a:/b").options().redirectDir());
    assertThrows(OverlayException.class, () -> read("userxattr,redirect_dir=on,lowerdir=/a:/b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lowerdir=a:/b",
        "lowerdir=/a:/b,context=x",
        "lowerdir=/a:/b,xino=maybe",
        "lowerdir=/a",
        "lowerdir=/a:/b,lowerdir+=/c",
        "lowerdir=/a:/b,datadir+=/c,metacopy=on",
        "lowerdir+=/a,lowerdir+=/b,datadir+=/c,lowerdir+=/d,metacopy=on",
        "lowerdir=/a:/b::/c:/d,metacopy=on",
        "lowerdir=:/a:/b",
        "lowerdir=/a:/b:",
        "lowerdir=\"/a:/b\"",
        "lowerdir=/a:/b,upperdir=/u",
        "lowerdir=/a:/b,x-overlays.private=%zz"
      })
  void doesNotReadWhatNoSpecCanSay(String options) {
    assertThrows(OverlayException.class, () -> read(options));
  }

  @Test
  void knowsTheVersionsThatCutValuesOff() {
    assertTrue(
        MountSupport.versionTakesLongValues("mount from util-linux 2.38.1 (libmount 2.38.1)"));
    assertFalse(
        MountSupport.versionTakesLongValues("mount from util-linux 2.39 (libmount 2.39.0)"));
    assertFalse(MountSupport.versionTakesLongValues("mount from util-linux 3.1 (libmount 3.1)"));
    assertTrue(MountSupport.versionTakesLongValues("BusyBox v1.36"));
  }
}
