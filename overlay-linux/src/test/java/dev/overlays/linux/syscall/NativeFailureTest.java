package dev.overlays.linux.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativeFailureTest {
  /** Prints which store serves a directory, or why none does. */
  static final class StoreOf {
    private StoreOf() {}

    public static void main(String[] arguments) {
      try {
        System.out.println("store: " + LayerStore.of(Path.of(arguments[0])).name());
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void jvmThatForbidsNativeCodeIsToldTheOptionThatAllowsIt() {
    Throwable failure =
        new ExceptionInInitializerError(new IllegalCallerException("from an unnamed module"));
    Problem problem = NativeFailure.problemOf(failure);
    assertEquals(ProblemCode.NATIVE_ACCESS_UNAVAILABLE, problem.code());
    assertTrue(problem.message().contains("from an unnamed module"), problem::toString);
    assertTrue(problem.remedy().contains("--enable-native-access=ALL-UNNAMED"), problem::toString);
  }

  @Test
  void tooManyOpenFilesAreNamed() {
    Problem problem =
        NativeFailure.problemOf(
            new UnsatisfiedLinkError("Failed to create temporary file: Too many open files"));
    assertTrue(problem.remedy().contains("ulimit -n"), problem::toString);
  }

  @Test
  void otherReasonsAreQuoted() {
    Problem problem = NativeFailure.problemOf(new UnsatisfiedLinkError("No space left on device"));
    assertTrue(problem.message().contains("No space left on device"), problem::toString);
    assertTrue(problem.remedy().contains("-Djna.tmpdir"), problem::toString);
  }

  /** The test kit is on the class path, whose store would read the disk in part. */
  @Test
  void directoryWithoutExecutionIsNamedAndNoOtherStoreReadsTheDisk() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path unpacked = sandbox.directory("unpacked");
      Sandbox.run("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", unpacked.toString());
      try {
        Process process =
            new ProcessBuilder(
                    ChildJvm.java(),
                    "-Djna.nosys=true",
                    "-Djna.tmpdir=" + unpacked,
                    "-cp",
                    System.getProperty("java.class.path"),
                    StoreOf.class.getName(),
                    sandbox.root().toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(said.contains("native-access-unavailable: " + unpacked + ": JNA unpacks"), said);
        assertTrue(said.contains("noexec") && said.contains("-Djna.tmpdir=DIRECTORY"), said);
        assertTrue(said.contains("layer-store-missing"), said);
      } finally {
        Sandbox.run("umount", unpacked.toString());
      }
    }
  }

  @Test
  void pathIsThatOfTheDirectory() {
    Problem problem =
        NativeFailure.problemOf(
            new UnsatisfiedLinkError(
                "/t/jna1.tmp: /t/jna1.tmp: failed to map segment from shared object"));
    assertEquals(Optional.of(Path.of("/t/")), problem.path());
    assertEquals(List.of(), problem.message().lines().skip(1).toList());
  }
}
