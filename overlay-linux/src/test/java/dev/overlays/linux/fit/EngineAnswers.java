package dev.overlays.linux.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.function.Executable;

/** Asserts what every check and engine reports about the layers of a spec. */
final class EngineAnswers {
  private final OverlaySpec spec;

  EngineAnswers(OverlaySpec spec) {
    this.spec = spec;
  }

  /** Asserts that every engine refuses the layers and changes nothing. */
  void assertAllRefuse(ProblemCode code) throws IOException {
    checksTell(code);
    List<String> before = raw();
    List<Executable> engines =
        List.of(
            () -> OverlayMerge.of(spec).dryRun(),
            () -> OverlayMerge.of(spec).run(),
            () -> OverlayMerge.into(spec.lowers().get(0)).uppers(spec).run(),
            () -> OverlayVacuum.of(spec).run(),
            () -> export(spec));
    for (Executable engine : engines) {
      assertRefusedBy(code, engine);
    }
    assertEquals(before, raw());
  }

  /**
   * Asserts that the diff refuses. It writes nothing, so it does not check for a volatile mount.
   */
  void assertDiffRefuses(ProblemCode code) {
    assertRefusedBy(code, () -> OverlayDiff.of(spec).forEach(change -> {}));
  }

  private void checksTell(ProblemCode code) throws IOException {
    assertTrue(has(Overlays.check(spec), code), () -> Overlays.check(spec).toString());
    List<Problem> found = OverlayCheck.of(spec).run();
    assertTrue(has(found, code), found::toString);
  }

  private static void assertRefusedBy(ProblemCode code, Executable engine) {
    OverlayException e = assertThrows(OverlayException.class, engine);
    assertTrue(has(e.problems(), code), e::toString);
  }

  static boolean has(List<Problem> problems, ProblemCode code) {
    return problems.stream().anyMatch(problem -> problem.code() == code);
  }

  static void export(OverlaySpec spec) throws OverlayException {
    OciLayer.of(spec).compression(OciCompression.NONE).writeTo(OutputStream.nullOutputStream());
  }

  private List<String> raw() throws IOException {
    List<String> raw = new ArrayList<>();
    for (Path layer : List.of(spec.upper().orElseThrow(), spec.lowers().get(0))) {
      for (MarkNamespace marks : MarkNamespace.values()) {
        raw.addAll(LayerView.ofSingleLayer(new NativeLayerStore(), layer, marks).manifest());
      }
    }
    return raw;
  }
}
