package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of an entry before it is written. */
class BootCheckTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    Programs.need("mount", "unshare");
  }

  private static BootCheck check(OverlaySpec spec) throws IOException {
    return BootCheck.of(FstabEntry.of(spec));
  }

  private static List<ProblemCode> codes(BootCheck check) {
    return check.problems().stream().map(Problem::code).toList();
  }

  /**
   * The files of the temporary directory and the mount table are as before, and the upper is free.
   */
  @Test
  void leavesNothingBehind() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    List<String> before = traces();
    assertEquals(new BootCheck(List.of(), Optional.empty()), check(spec));
    assertEquals(before, traces());
    Overlays.mount(spec).close();
  }

  private static List<String> traces() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      List<String> own = files.map(Path::toString).filter(f -> f.endsWith(".fstab")).toList();
      String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
      Path kept = Path.of("/run/mount/utab");
      return List.of(own.toString(), mounts, Files.exists(kept) ? Files.readString(kept) : "");
    }
  }

  @Test
  void tellsWhatIsMissing() throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .instance(sandbox.path("instance"))
            .build();
    assertTrue(codes(check(spec)).contains(ProblemCode.LAYER_NOT_FOUND));
    sandbox.directory("lower");
    assertEquals(
        List.of(
            ProblemCode.LAYER_NOT_FOUND,
            ProblemCode.LAYER_NOT_FOUND,
            ProblemCode.MOUNT_POINT_NOT_FOUND),
        codes(check(spec)));
    Overlays.mount(spec).close();
    assertEquals(List.of(), codes(check(spec)));
  }

  @Test
  void saysThatAMountedViewCannotBeTried() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      BootCheck check = check(spec);
      assertEquals(List.of(), check.problems(), mount::toString);
      assertEquals(
          Optional.of(ProblemCode.BOOT_TRIAL_NOT_MADE), check.untried().map(Problem::code));
      // Another view cannot have this upper.
      OverlaySpec other = spec.toBuilder().mountPoint(sandbox.directory("other")).build();
      assertTrue(codes(check(other)).contains(ProblemCode.UPPER_IN_USE));
    }
  }

  @Test
  void doesNotTryAVolatileView() throws IOException {
    OverlaySpec spec = sandbox.layers().options(o -> o.withVolatileUpper(true)).build();
    BootCheck check = check(spec);
    assertEquals(List.of(), check.problems());
    assertEquals(Optional.of(ProblemCode.BOOT_TRIAL_NOT_MADE), check.untried().map(Problem::code));
  }

  /** An entry written by hand: mount(8) takes the last of these, and so does the trial. */
  @Test
  void aLowerThatIsNamedAgainReplacesTheOneBefore() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    Path decoy = sandbox.directory("decoy");
    FstabEntry entry = FstabEntry.of(spec);
    String line = entry.line().replace("lowerdir=", "lowerdir=" + decoy + ",lowerdir=");
    FstabEntry odd = Fstab.parse(ByteText.bytesOf(line)).entries().get(0);
    assertEquals(spec.lowers(), odd.spec().lowers());
    BootCheck check = BootCheck.of(odd);
    assertEquals(List.of(), codes(check), check::toString);
  }

  @Test
  void tellsWhatMountSays() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    String line = FstabEntry.of(spec).line().replace("xino=off", "xino=off,fsync=bogus");
    BootCheck check = BootCheck.of(Fstab.parse(ByteText.bytesOf(line)).entries().get(0));
    assertEquals(List.of(ProblemCode.BOOT_TRIAL_FAILED), codes(check), check::toString);
  }

  @Test
  void tellsThatAPrivatePathWouldBeShown() throws IOException {
    sandbox.file("lower/secret/key", "shared");
    OverlaySpec spec = sandbox.layers().privatePath("secret/key").build();
    assertEquals(List.of(ProblemCode.BOOT_PRIVATE_PATH_SHOWN), codes(check(spec)));
    assertTrue(sandbox.path("upper").toFile().list().length == 0);
    Overlays.mount(spec).close();
    assertEquals(new BootCheck(List.of(), Optional.empty()), check(spec));
  }

  @Test
  void tellsThatSystemdRefusesALinkedMountPoint() throws IOException {
    sandbox.directory("real/mnts");
    Files.createSymbolicLink(sandbox.path("link"), Path.of("real"));
    OverlaySpec spec = sandbox.layers().mountPoint(sandbox.path("link/mnts")).build();
    assertEquals(
        List.of(ProblemCode.BOOT_SPEC_UNSUPPORTED), codes(BootCheck.of(SystemdUnit.of(spec))));
  }

  /** Of an entry of fstab they look up where it leads. */
  @Test
  void followsALinkToTheMountPoint() throws IOException {
    sandbox.directory("real/mnts");
    Files.createSymbolicLink(sandbox.path("link"), Path.of("real"));
    OverlaySpec spec = sandbox.layers().mountPoint(sandbox.path("link/mnts")).build();
    assertEquals(new BootCheck(List.of(), Optional.empty()), check(spec));
    try (OverlayMount mount = Overlays.mount(spec)) {
      BootCheck check = check(spec);
      assertEquals(List.of(), check.problems(), mount::toString);
      assertTrue(check.untried().orElseThrow().toString().contains("is mounted"), check::toString);
    }
  }

  @Test
  void whereNoNamespaceCanBeHadNothingIsTried() throws IOException {
    sandbox.layers();
    String none = "echo 0 >/proc/sys/user/max_mnt_namespaces && exec \"$@\"";
    List<String> command =
        new ArrayList<>(List.of("unshare", "--user", "--map-root-user", "--mount"));
    command.addAll(List.of("sh", "-c", none, "sh"));
    command.addAll(ChildJvm.command(UntriedCheck.class, sandbox.root().toString()));
    String told = Sandbox.run(command.toArray(String[]::new));
    assertTrue(told.startsWith("[] Optional[boot-trial-not-made: "), told);
    assertTrue(told.contains("No space left on device"), told);
  }

  /** Services have no locale, and the JVM then takes names to be ASCII. */
  @Test
  void triesNamesThatTheLocaleDoesNotKnow() throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C"));
    command.addAll(ChildJvm.command(LocaleCheck.class, sandbox.root().toString()));
    assertEquals(
        "[] Optional.empty\n[] Optional.empty\n", Sandbox.run(command.toArray(String[]::new)));
  }
}
