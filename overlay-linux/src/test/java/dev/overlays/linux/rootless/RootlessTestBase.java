package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.mount.UnlistedMounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The sandbox of tests of rootless views, run as any user; it checks that nothing is left of a
 * view.
 */
abstract class RootlessTestBase {
  Sandbox sandbox;
  private final List<ProcessHandle> childrenBefore = ProcessHandle.current().children().toList();

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.create();
  }

  @AfterEach
  void closeSandbox() throws IOException {
    List<OverlayMount> left = UnlistedMounts.of(RootlessMount.BACKEND);
    List<ProcessHandle> holders =
        ProcessHandle.current().children().filter(c -> !childrenBefore.contains(c)).toList();
    sandbox.close();
    assertEquals(List.of(), left, "views that were not closed");
    assertEquals(List.of(), holders, "processes left behind");
  }

  /** Lower, upper, work and mount point, side by side. */
  OverlaySpec.Builder newLayers() throws IOException {
    return sandbox.newLayers().options(options -> options.withUserXattr(true));
  }

  /** An ephemeral spec with lower and mount point. */
  OverlaySpec.Builder ephemeralSpec() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.createDirectory("lower"))
        .mountPoint(sandbox.createDirectory("mnts"))
        .options(options -> options.withUserXattr(true))
        .ephemeral();
  }

  static OverlayMount mountByName(OverlaySpec.Builder spec) throws IOException {
    OverlayMount mount = Overlays.mount(spec.build(), RootlessMount.BACKEND);
    assertEquals(RootlessMount.BACKEND, mount.backend());
    return mount;
  }

  String upperPath(String file) throws IOException {
    return Files.readString(sandbox.path("upper").resolve(file));
  }

  /** Runs a command, and returns what it printed. */
  static String runForOutput(ProcessBuilder command) throws IOException {
    Process process = command.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.onExit().join().exitValue(), words);
    return words;
  }

  static List<String> listNames(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
