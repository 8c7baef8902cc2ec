package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.Test;

/**
 * How many operations an engine needs for a file of the upper that the lower has, too. What is
 * asked twice would be seen here: each number is explained where it is expected.
 */
class EngineOperationsTest {
  private static final int FEW = 10;
  private static final int MANY = 30;

  private interface EngineRun extends IOConsumer<FaultyLayerStore> {}

  /** Runs an engine on layers with some files; returns its operations by kind. */
  private static Map<FileOperation, Integer> countOperations(int files, EngineChoice engine)
      throws IOException {
    HandMadeLayers layers = new HandMadeLayers();
    for (int i = 0; i < files; i++) {
      layers.addFile("lower/d/f" + i, "old").addFile("upper/d/f" + i, "newer");
    }
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    store.faults().startRecording();
    engine.runOn(layers).accept(store);
    Map<FileOperation, Integer> counts = new EnumMap<>(FileOperation.class);
    for (RecordedOperation operation : store.faults().recordedOperations()) {
      counts.merge(operation.operation(), 1, Integer::sum);
    }
    return counts;
  }

  /** Chooses an engine for layers. */
  private interface EngineChoice {
    EngineRun runOn(HandMadeLayers layers);
  }

  /** Returns what one more file costs, by kind; kinds that cost nothing are left out. */
  private static Map<FileOperation, Integer> costOfAFile(EngineChoice engine) throws IOException {
    Map<FileOperation, Integer> few = countOperations(FEW, engine);
    Map<FileOperation, Integer> cost = countOperations(MANY, engine);
    few.forEach((operation, count) -> cost.merge(operation, -count, Integer::sum));
    cost.values().removeIf(count -> count == 0);
    cost.replaceAll((operation, count) -> count / (MANY - FEW));
    return cost;
  }

  private static OverlaySpec specOf(HandMadeLayers layers, boolean metacopy) {
    return layers.spec().toBuilder().options(o -> o.withMetacopy(metacopy)).build();
  }

  /** The upper's marks are looked at before the diff; both layers' attributes are compared. */
  @Test
  void diffAsksOnceForMarksAndOnceForEachLayer() throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 2, FileOperation.READ_XATTR, 1),
        costOfAFile(
            layers ->
                store ->
                    OverlayDiff.of(specOf(layers, false))
                        .store(store)
                        .workers(1)
                        .forEach(c -> {})));
  }

  /** While a view with metacopy is written to, a file may lose its data: so it is asked again. */
  @Test
  void diffAsksAgainWhereAViewMakesMetacopies() throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 2, FileOperation.READ_XATTR, 2),
        costOfAFile(
            layers ->
                store ->
                    OverlayDiff.of(specOf(layers, true)).store(store).workers(1).forEach(c -> {})));
  }

  /** The survey needs the marks; a file of another size is compared by its attributes alone. */
  @Test
  void vacuumAsksOnceForMarksAndOnceForEachLayer() throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 2, FileOperation.READ_XATTR, 1),
        costOfAFile(layers -> store -> OverlayVacuum.of(layers.spec()).store(store).run()));
  }

  /** The survey needs the marks; a rename replaces the lower's file, whatever it is. */
  @Test
  void mergeOfAFileNeedsItsMarksAndARename() throws IOException {
    assertEquals(
        Map.of(FileOperation.RENAME, 1, FileOperation.READ_XATTR, 1),
        costOfAFile(layers -> store -> OverlayMerge.of(layers.spec()).store(store).run()));
  }

  /** What is freed is the lower's; the upper's attributes do not matter. */
  @Test
  void freedSpaceNeedsTheMarksAndTheAttributesOfTheLower() throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 1, FileOperation.READ_XATTR, 1),
        costOfAFile(layers -> store -> OverlayMerge.of(layers.spec()).store(store).bytesFreed()));
  }

  /**
   * An empty file of the upper might be a whiteout, so both are looked at. The marks are read where
   * a file has no blocks, as all have in memory: its data may be in the lower.
   */
  @Test
  void freedSpaceOfASharedMergeNeedsTheAttributesOfBoth() throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 2, FileOperation.READ_XATTR, 1),
        costOfAFile(
            layers ->
                store ->
                    OverlayMerge.into(layers.spec().lowers().get(0))
                        .uppers(layers.spec())
                        .store(store)
                        .bytesFreed()));
  }

  /** It says what is replaced and how many bytes move, so it needs the attributes of both. */
  @Test
  void dryRunAsksOnceForMarksAndOnceForEachLayer() throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 2, FileOperation.READ_XATTR, 1),
        costOfAFile(layers -> store -> OverlayMerge.of(layers.spec()).store(store).dryRun()));
  }
}
