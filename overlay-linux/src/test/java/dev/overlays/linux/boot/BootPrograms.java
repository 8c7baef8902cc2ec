package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.syscall.NativeAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs of systemd and util-linux that tests compare this package with. */
final class BootPrograms {
  static final Path GENERATOR =
      Path.of("/usr/lib/systemd/system-generators/systemd-fstab-generator");

  private BootPrograms() {}

  /** Skips the test, with the reason, where a program is missing. */
  static void requirePrograms(String... names) {
    for (String name : names) {
      boolean found =
          name.startsWith("/")
              ? Files.isExecutable(Path.of(name))
              : List.of(System.getenv("PATH").split(":", -1)).stream()
                  .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
      assumeTrue(found, name + " is not installed here");
    }
  }

  /**
   * A sandbox for whoever runs the test; what loads the native part keeps a file open, so before.
   */
  static Sandbox createSandbox() throws IOException {
    var reason = NativeAccess.accessProblem();
    assumeTrue(reason.isEmpty(), () -> "no system calls here: " + reason.get());
    return Sandbox.create();
  }

  /** Runs a program with something in its environment, and returns what it wrote, whole. */
  static ProgramResult run(Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return ProgramResult.finishProcess(builder.start());
  }
}
