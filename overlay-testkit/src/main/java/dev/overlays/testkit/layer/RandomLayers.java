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
 * another kind than in the lower; if asked, every other format of a layer. The same seed gives the
 * same layers. Immutable.
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
    return new RandomLayers(seed, new RandomShape(marks, false, false, false, false));
  }

  /**
   * Returns the same with device nodes and sockets.
   *
   * @return other layers, not made yet
   */
  public RandomLayers withNodes() {
    return with(
        new RandomShape(
            shape.marks(), true, shape.owners(), shape.formats(), shape.upperXattrWhiteouts()));
  }

  /**
   * Returns the same with any owner and any mode, which takes root's rights on a disk.
   *
   * @return other layers, not made yet
   */
  public RandomLayers withOwners() {
    return with(
        new RandomShape(
            shape.marks(), shape.nodes(), true, shape.formats(), shape.upperXattrWhiteouts()));
  }

  /**
   * Returns layers of the same seed with everything that a layer's format has: redirected
   * directories, metacopy files, whiteouts of both forms, marks of nested overlays, and marks that
   * stand for attributes. Whiteouts that are marked files are in lowers only, where the kernel
   * hides them well.
   *
   * @return other layers, not made yet
   */
  public RandomLayers withEveryFormat() {
    return with(
        new RandomShape(
            shape.marks(), shape.nodes(), shape.owners(), true, shape.upperXattrWhiteouts()));
  }

  /**
   * Returns the same with whiteouts that are marked files in the upper, too. The kernel lists
   * these, although nothing can be found under their names.
   *
   * @return other layers with every format, not made yet
   */
  public RandomLayers withXattrWhiteoutsInUpper() {
    return with(new RandomShape(shape.marks(), shape.nodes(), shape.owners(), true, true));
  }

  private RandomLayers with(RandomShape newShape) {
    return new RandomLayers(seed, newShape);
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
    return fill(store, List.of(lower), upper);
  }

  /**
   * Fills some empty directories: each lower is made over those below it in the same manner as the
   * upper over all of them.
   *
   * @param store what opens them
   * @param lowers where the lowers are, top-most first
   * @param upper where the upper is
   * @return paths that might be declared private, as far as there are such: one in a lower only,
   *     one in lower and upper, one in the upper only, and one in neither
   * @throws IOException if a layer cannot be written
   */
  public List<String> fill(LayerStore store, List<Path> lowers, Path upper) throws IOException {
    Random random = new Random(seed);
    RandomPaths paths = new RandomPaths();
    int lowest = lowers.size() - 1;
    fillLowest(store, lowers.get(lowest), random, paths.lower());
    if (lowest == 0 && !shape.formats()) {
      fillUpper(store, lowers.get(0), upper, random, paths.upper());
    } else {
      for (int i = lowest - 1; i >= 0; i--) {
        List<Path> below = lowers.subList(i + 1, lowers.size());
        change(store, below, lowers.get(i), random, paths.lower(), shape.formats());
      }
      change(store, lowers, upper, random, paths.upper(), shape.upperXattrWhiteouts());
    }
    return paths.privatePaths(random);
  }

  /**
   * Fills an empty directory as the upper over layers that have been filled before: of another
   * instance, say, that shares them.
   *
   * @param store what opens them
   * @param lowers where the lowers are, top-most first
   * @param upper where the upper is
   * @return paths that might be declared private, as far as there are such: one in the upper, and
   *     one in neither
   * @throws IOException if a layer cannot be written
   */
  public List<String> fillUpper(LayerStore store, List<Path> lowers, Path upper)
      throws IOException {
    Random random = new Random(seed);
    RandomPaths paths = new RandomPaths();
    if (lowers.size() == 1 && !shape.formats()) {
      fillUpper(store, lowers.get(0), upper, random, paths.upper());
    } else {
      change(store, lowers, upper, random, paths.upper(), shape.upperXattrWhiteouts());
    }
    return paths.privatePaths(random);
  }

  private void fillLowest(LayerStore store, Path lower, Random random, RandomPaths.LayerPaths paths)
      throws IOException {
    try (LayerDirectory root = store.open(lower)) {
      RandomEntries entries = new RandomEntries(random, root, shape);
      new RandomTree(random, entries, paths, false, MOST)
          .fill(root, List.of(), 4 + random.nextInt(5));
      entries.attributes(root, Name.SELF, EntryType.DIRECTORY);
    }
  }

  private void fillUpper(
      LayerStore store, Path lower, Path upper, Random random, RandomPaths.LayerPaths paths)
      throws IOException {
    try (LayerDirectory lowerRoot = store.open(lower);
        LayerDirectory upperRoot = store.open(upper)) {
      RandomEntries entries = new RandomEntries(random, upperRoot, shape);
      RandomTree tree = new RandomTree(random, entries, paths, true, MOST);
      new RandomUpper(random, entries, tree, paths).fill(upperRoot, lowerRoot, List.of());
      entries.attributes(upperRoot, Name.SELF, EntryType.DIRECTORY);
    }
  }

  /** Fills a layer with what is left when the view of those below has been changed. */
  private void change(
      LayerStore store,
      List<Path> below,
      Path layer,
      Random random,
      RandomPaths.LayerPaths paths,
      boolean xattrWhiteouts)
      throws IOException {
    ViewNode root = ViewTree.read(store, below, shape.marks());
    try (LayerDirectory directory = store.open(layer)) {
      RandomEntries entries = new RandomEntries(random, directory, shape);
      RandomChanges changes = new RandomChanges(random, entries, shape.formats(), root);
      changes.make(5 + random.nextInt(25));
      new UpperWriter(random, changes, entries, paths, xattrWhiteouts)
          .write(directory, root, List.of());
      entries.attributes(directory, Name.SELF, EntryType.DIRECTORY);
    }
  }
}
