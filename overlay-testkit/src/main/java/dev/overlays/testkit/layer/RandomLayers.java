package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Fills a lower and an upper with what the kernel might have left there: files of several sizes,
 * directories, symbolic links, named pipes and hard links with odd names and random attributes; in
 * the upper whiteouts, opaque and merged directories, copied-up and new entries, and entries of
 * another kind than in the lower. The same seed gives the same layers. Immutable.
 */
public final class RandomLayers {
  private static final int MOST = 30;

  private final long seed;
  private final RandomShape shape;

  private RandomLayers(long seed, RandomShape shape) {
    this.seed = seed;
    this.shape = shape;
  }

  /**
   * Returns layers of a seed, without device nodes and sockets, and all owned by this process, who
   * may read and write everything.
   *
   * @param seed what decides everything
   * @param marks where marks are kept
   * @return the layers, not made yet
   */
  public static RandomLayers of(long seed, MarkNamespace marks) {
    return new RandomLayers(seed, new RandomShape(marks, false, false));
  }

  /**
   * Returns the same with device nodes and sockets.
   *
   * @return other layers, not made yet
   */
  public RandomLayers withNodes() {
    return new RandomLayers(seed, new RandomShape(shape.marks(), true, shape.owners()));
  }

  /**
   * Returns the same with any owner and any mode, which takes root's rights on a disk.
   *
   * @return other layers, not made yet
   */
  public RandomLayers withOwners() {
    return new RandomLayers(seed, new RandomShape(shape.marks(), shape.nodes(), true));
  }

  /**
   * Fills two empty directories.
   *
   * @param store what opens them
   * @param lower where the lower is
   * @param upper where the upper is
   * @return paths that might be declared private, as far as there are such: one in the lower only,
   *     one in both layers, one in the upper only, and one in neither
   * @throws IOException if a layer cannot be written
   */
  public List<String> fill(LayerStore store, Path lower, Path upper) throws IOException {
    Random random = new Random(seed);
    RandomPaths paths = new RandomPaths();
    try (LayerDirectory lowerRoot = store.open(lower);
        LayerDirectory upperRoot = store.open(upper)) {
      RandomEntries inLower = new RandomEntries(random, lowerRoot, shape);
      new RandomTree(random, inLower, paths.lower(), false, MOST)
          .fill(lowerRoot, List.of(), 4 + random.nextInt(5));
      inLower.attributes(lowerRoot, Name.SELF, EntryType.DIRECTORY);
      RandomEntries inUpper = new RandomEntries(random, upperRoot, shape);
      RandomTree tree = new RandomTree(random, inUpper, paths.upper(), true, MOST);
      new RandomUpper(random, inUpper, tree, paths.upper()).fill(upperRoot, lowerRoot, List.of());
      inUpper.attributes(upperRoot, Name.SELF, EntryType.DIRECTORY);
    }
    return paths.privatePaths(random);
  }
}
