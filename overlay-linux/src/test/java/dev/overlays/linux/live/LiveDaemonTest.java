package dev.overlays.linux.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Merges below a process that looks like a daemon of fuse-overlayfs that is none of ours. */
class LiveDaemonTest {
  @AutoClose private Sandbox sandbox;
  private OverlaySpec spec;
  private Process daemon;

  @BeforeEach
  void makeLayers() throws IOException {
    sandbox = Sandbox.create();
    spec = sandbox.newLayers().options(options -> options.withUserXattr(true)).build();
    sandbox.createFile("upper/new", "new");
  }

  /** Starts a shell of that name, which has the lower open while it runs a command. */
  private void startDaemon(String command) throws IOException {
    Path program = sandbox.path("fuse-overlayfs");
    Files.copy(Path.of("/bin/sh"), program);
    String script = "exec 3<'" + spec.lowers().get(0) + "'; echo; " + command;
    daemon = new ProcessBuilder(program.toString(), "-c", script).start();
    daemon.getInputStream().read();
  }

  @AfterEach
  void endDaemon() {
    daemon.destroyForcibly().onExit().join();
  }

  @Test
  void mergeIsRefusedWhileTheDaemonLives() throws IOException {
    startDaemon("read end");
    OverlayException refusal =
        assertThrows(OverlayException.class, () -> OverlayMerge.of(spec).run());
    assertEquals(ProblemCode.LAYER_IN_USE, refusal.problems().get(0).code());
  }

  @Test
  void mergeWaitsForADaemonThatIsEnding() throws IOException {
    startDaemon("sleep 0.1; exit");
    OverlayMerge.of(spec).run();
    assertEquals("new", Files.readString(spec.lowers().get(0).resolve("new")));
  }
}
