package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.run.RememberingStore;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a status tells of random layers is the same if the walks through them remember what they
 * have read, however much of it.
 */
class RememberedLayersTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 24);
  private static final List<Integer> MEMORY_SIZES = List.of(0, 1, 6, 20, 10_000);

  @TestFactory
  List<DynamicTest> rememberedLayersHaveTheSameFiguresAsTheDisk() {
    return LongStream.range(0, SEEDS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> compareFigures(seed)))
        .toList();
  }

  private static void compareFigures(long seed) throws IOException {
    SharedLayers layers = SharedLayers.createLayers(seed);
    if (seed % 3 == 0) {
      layers = layers.withPrivatePaths();
    }
    List<String> expected = readFigures(layers, SharedLayers.STORE);
    for (int size : MEMORY_SIZES) {
      UnaryOperator<LayerStore> memory = RememberingStore.withNewMemory(size);
      FaultyLayerStore store = new FaultyLayerStore(SharedLayers.STORE);
      assertEquals(expected, readFigures(layers, memory.apply(store)), "memory of " + size);
      assertEquals(expected, readFigures(layers, memory.apply(store)), "again, of " + size);
      store.assertAllClosed();
    }
  }

  private static List<String> readFigures(SharedLayers layers, LayerStore store)
      throws IOException {
    List<String> figures = new ArrayList<>();
    for (OverlaySpec spec : layers.specs()) {
      figures.add(spec.upper() + ": " + OverlayMerge.of(spec).store(store).bytesFreed());
      figures.add(DiskUse.of(spec.upper().orElseThrow(), store).toString());
    }
    figures.add(DiskUse.of(layers.lowers().get(0), store).toString());
    for (ConflictPolicy policy : List.of(ConflictPolicy.DELETE_COMMON, ConflictPolicy.IN_ORDER)) {
      long freed = layers.newMerge(layers.specs().size()).store(store).policy(policy).bytesFreed();
      figures.add(policy + ": " + freed);
    }
    return figures;
  }
}
