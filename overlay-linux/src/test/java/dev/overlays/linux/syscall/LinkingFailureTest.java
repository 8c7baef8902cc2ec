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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinkingFailureTest {
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
    for (NativeBridge seam : NativeBridge.values()) {
      Problem problem = LinkingFailure.problemOf(failure, seam);
      assertEquals(ProblemCode.NATIVE_ACCESS_UNAVAILABLE, problem.code());
      assertTrue(problem.message().contains("from an unnamed module"), problem::toString);
      String remedy = problem.remedy();
      assertTrue(remedy.contains("--enable-native-access=ALL-UNNAMED"), remedy);
      String module = seam == NativeBridge.JNA ? "com.sun.jna" : "dev.overlays.linux";
      assertTrue(remedy.contains("--enable-native-access=" + module + "."), remedy);
    }
  }

  /** Starts a JVM that asks for the store of a directory; returns what it says. */
  private static String storeSaid(Path directory, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(ChildJvm.javaProgram()));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            StoreOf.class.getName(),
            directory.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /** From JDK 22 on nothing is unpacked; before, the property names what is missing. */
  @Test
  void foreignCallsNeedNoNativeLibraryOfJna() throws IOException {
    try (Sandbox sandbox = Sandbox.create()) {
      String said =
          storeSaid(
              sandbox.root(),
              "-Djna.nosys=true",
              "-Djna.nounpack=true",
              "-Djna.boot.library.path=/nonexistent",
              "-Ddev.overlays.linux.calls=foreign");
      if (NativeBridge.isForeignPresent()) {
        assertTrue(said.contains("store: native"), said);
      } else {
        assertTrue(said.contains("Use JDK 22 or later, or set -D"), said);
      }
    }
  }

  /** Denying is an option of JDK 24; a JVM that has no such option says so itself. */
  @Test
  void jvmThatDeniesForeignCallsIsToldTheOptionThatAllowsThem() throws IOException {
    try (Sandbox sandbox = Sandbox.create()) {
      String said = storeSaid(sandbox.root(), "--illegal-native-access=deny");
      boolean known = Runtime.version().feature() >= 24;
      String expected = known ? "--enable-native-access=dev.overlays.linux" : "Unrecognized option";
      assertTrue(said.contains(expected), said);
    }
  }

  @Test
  void unknownChoiceOfCallsIsRefused() throws IOException {
    try (Sandbox sandbox = Sandbox.create()) {
      String said = storeSaid(sandbox.root(), "-Ddev.overlays.linux.calls=other");
      assertTrue(said.contains("dev.overlays.linux.calls is neither jna nor foreign: other"), said);
    }
  }

  @Test
  void tooManyOpenFilesAreNamed() {
    Problem problem =
        LinkingFailure.problemOf(
            new UnsatisfiedLinkError("Failed to create temporary file: Too many open files"),
            NativeBridge.JNA);
    assertTrue(problem.remedy().contains("ulimit -n"), problem::toString);
  }

  @Test
  void otherReasonsAreQuoted() {
    Problem problem =
        LinkingFailure.problemOf(
            new UnsatisfiedLinkError("No space left on device"), NativeBridge.JNA);
    assertTrue(problem.message().contains("No space left on device"), problem::toString);
    assertTrue(problem.remedy().contains("-Djna.tmpdir"), problem::toString);
  }

  /** The test kit is on the class path, whose store would read the disk in part. */
  @Test
  void directoryWithoutExecutionIsNamedAndNoOtherStoreReadsTheDisk() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path unpacked = sandbox.createDirectory("unpacked");
      Sandbox.run("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", unpacked.toString());
      try {
        String said =
            storeSaid(
                sandbox.root(),
                "-Ddev.overlays.linux.calls=jna",
                "-Djna.nosys=true",
                "-Djna.tmpdir=" + unpacked);
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
        LinkingFailure.problemOf(
            new UnsatisfiedLinkError(
                "/t/jna1.tmp: /t/jna1.tmp: failed to map segment from shared object"),
            NativeBridge.JNA);
    assertEquals(Optional.of(Path.of("/t/")), problem.path());
    assertEquals(List.of(), problem.message().lines().skip(1).toList());
  }
}
