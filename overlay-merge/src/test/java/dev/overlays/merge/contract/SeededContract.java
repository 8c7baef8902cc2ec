package dev.overlays.merge.contract;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;

/** Runs promises over random layers with nodes and foreign owners; each failure names its seed. */
public abstract class SeededContract {

  /**
   * Returns the store under test.
   *
   * @return the store
   */
  protected abstract LayerStore layerStore();

  /**
   * Makes a new directory to put layers in.
   *
   * @return an empty directory
   * @throws IOException if it cannot be made
   */
  protected abstract Path newRoot() throws IOException;

  /**
   * Returns where the store keeps marks.
   *
   * @return the namespace
   */
  protected abstract MarkNamespace markNamespace();

  /**
   * Returns the number of seeds for each promise.
   *
   * @return 100
   */
  protected int seedCount() {
    return 100;
  }

  /** A promise about the layers of one seed. */
  @FunctionalInterface
  public interface SeedPromise {
    void assertHolds(MergeCase layers, long seed) throws IOException;
  }

  /**
   * Returns the random layers of a seed. Override it where not all of them can be used.
   *
   * @param seed the seed
   * @return layers; every other seed has all formats
   */
  protected RandomLayers randomLayers(long seed) {
    RandomLayers random = RandomLayers.of(seed, markNamespace()).withNodes().withOwners();
    return isPlain(seed) ? random : random.withXattrWhiteoutsInUpper();
  }

  /** Whether a seed has one lower, and neither redirects nor metacopies. */
  static boolean isPlain(long seed) {
    return seed % 2 == 0;
  }

  final MergeCase createLayers(long seed) throws IOException {
    Path root = newRoot();
    int lowers = isPlain(seed) ? 1 : 1 + (int) (seed / 2 % 3);
    return MergeCase.createLayers(
        layerStore(), root, root, lowers, randomLayers(seed), markNamespace(), isPlain(seed));
  }

  public final List<DynamicTest> forSeeds(SeedPromise promise) {
    return LongStream.range(0, seedCount())
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    "seed " + seed, () -> promise.assertHolds(createLayers(seed), seed)))
        .toList();
  }
}
