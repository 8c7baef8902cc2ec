package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every engine says which layer does not exist or is no directory. */
class MissingLayerTest {

  /** An engine that opens the layers of a spec. */
  @FunctionalInterface
  private interface OpeningEngine {
    void openLayers(OverlaySpec spec) throws IOException;
  }

  private static final List<OpeningEngine> ENGINES =
      List.of(
          spec -> OverlayMerge.of(spec).store(HandMadeLayers.STORE).dryRun(),
          spec -> OverlayMerge.of(spec).store(HandMadeLayers.STORE).bytesFreed(),
          spec -> OverlayMerge.of(spec).store(HandMadeLayers.STORE).run(),
          spec -> sharedMerge(spec).dryRun(),
          spec -> sharedMerge(spec).run(),
          spec -> OverlayVacuum.of(spec).store(HandMadeLayers.STORE).dryRun(),
          spec -> OverlayVacuum.of(spec).store(HandMadeLayers.STORE).run(),
          spec -> OverlayCheck.of(spec).store(HandMadeLayers.STORE).run(),
          spec -> OverlayCheck.of(spec).store(HandMadeLayers.STORE).repair(),
          spec -> OverlayDiff.of(spec).store(HandMadeLayers.STORE).forEach(change -> {}));

  private static SharedMerge sharedMerge(OverlaySpec spec) {
    return OverlayMerge.into(spec.lowers().get(0)).uppers(spec).store(HandMadeLayers.STORE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"upper", "lower", "base"})
  void isNamed(String layer) throws IOException {
    for (OpeningEngine engine : ENGINES) {
      HandMadeLayers layers = new HandMadeLayers();
      Path path = layers.pathOf(layer);
      Files.delete(path);
      assertRefused(ProblemCode.LAYER_NOT_FOUND, engine, layers, path);
      Files.createFile(path);
      assertRefused(ProblemCode.LAYER_NOT_DIRECTORY, engine, layers, path);
    }
  }

  /** What is below the lower does not matter for what is freed in it. */
  @ParameterizedTest
  @ValueSource(strings = {"upper", "lower"})
  void isNamedByAMeasuring(String layer) throws IOException {
    HandMadeLayers layers = new HandMadeLayers();
    Files.delete(layers.pathOf(layer));
    OverlayException e =
        assertThrows(OverlayException.class, () -> sharedMerge(layers.spec()).bytesFreed());
    assertEquals(ProblemCode.LAYER_NOT_FOUND, e.problems().get(0).code(), e::toString);
  }

  private static void assertRefused(
      ProblemCode code, OpeningEngine engine, HandMadeLayers layers, Path path) {
    OverlayException e =
        assertThrows(OverlayException.class, () -> engine.openLayers(layers.spec()));
    String context = "engine " + ENGINES.indexOf(engine) + ": " + e;
    assertEquals(code, e.problems().get(0).code(), context);
    assertEquals(Optional.of(path.toString()), e.problems().get(0).path().map(Path::toString));
  }
}
