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
  protected abstract LayerStore store();

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
  protected abstract MarkNamespace marks();

  /**
   * Returns the number of seeds for each promise.
   *
   * @return 100
   */
  protected int seeds() {
    return 100;
  }

  /** A promise about the layers of one seed. */
  @FunctionalInterface
  public interface Promise {
    void holds(MergeCase layers, long seed) throws IOException;
  }

  /**
   * Returns the random layers of a seed. Override it where not all of them can be used.
   *
   * @param seed the seed
   * @return layers; every other seed has all formats
   */
  protected RandomLayers random(long seed) {
    RandomLayers random = RandomLayers.of(seed, marks()).withNodes().withOwners();
    return isPlain(seed) ? random : random.withXattrWhiteoutsInUpper();
  }

  /** Whether a seed has one lower, and neither redirects nor metacopies. */
  static boolean isPlain(long seed) {
    return seed % 2 == 0;
  }

  final MergeCase layers(long seed) throws IOException {
    Path root = newRoot();
    int lowers = isPlain(seed) ? 1 : 1 + (int) (seed / 2 % 3);
    return MergeCase.make(store(), root, root, lowers, random(seed), marks(), isPlain(seed));
  }

  public final List<DynamicTest> forSeeds(Promise promise) {
    return LongStream.range(0, seeds())
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest("seed " + seed, () -> promise.holds(layers(seed), seed)))
        .toList();
  }
}
