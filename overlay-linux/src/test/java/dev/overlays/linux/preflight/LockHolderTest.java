package dev.overlays.linux.preflight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who has locked a layer, and what to do about it. */
class LockHolderTest {
  @AutoClose private Sandbox sandbox;
  private OverlaySpec spec;

  @BeforeEach
  void makeLayers() throws IOException {
    sandbox = Sandbox.asRoot();
    spec = sandbox.layers().build();
  }

  private Problem refused() {
    OverlayException e =
        assertThrows(OverlayException.class, () -> LayerClaim.of(List.of(spec)).close());
    Problem problem = e.problems().get(0);
    assertEquals(ProblemCode.LAYER_LOCKED, problem.code(), e::toString);
    return problem;
  }

  /** As a rootless view holds its layers, which waiting does not end. */
  @Test
  void aViewOfThisProcessIsToBeClosed() throws OverlayException {
    try (LayerClaim view = LayerClaim.forView(spec)) {
      assertEquals(Optional.of(spec.lowers().get(0)), refused().path(), view::toString);
      assertTrue(refused().message().contains("has not been closed"), () -> refused().toString());
      assertTrue(refused().remedy().startsWith("Close the view"), () -> refused().toString());
      OverlayException second =
          assertThrows(OverlayException.class, () -> LayerClaim.forView(spec).close());
      assertEquals(
          List.of(ProblemCode.LAYER_LOCKED),
          second.problems().stream().map(Problem::code).toList());
    }
  }

  @Test
  void anotherProcessIsNamed() throws Exception {
    Path lower = spec.lowers().get(0);
    Process holder =
        new ProcessBuilder("flock", "-x", lower.toString(), "sh", "-c", "echo $PPID; read end")
            .start();
    try (BufferedReader words =
        new BufferedReader(new InputStreamReader(holder.getInputStream(), UTF_8))) {
      String process = words.readLine();
      assertTrue(
          refused().message().contains("by process " + process + " at"), () -> refused() + "");
    } finally {
      holder.getOutputStream().close();
      holder.waitFor();
    }
    LayerClaim.of(List.of(spec)).close();
  }
}
