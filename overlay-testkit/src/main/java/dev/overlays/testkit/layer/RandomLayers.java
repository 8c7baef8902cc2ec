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
 * directories, symbolic links, named pipes and hard links, with odd names and random attributes.
 * The upper also has whiteouts, opaque and merged directories, copied-up and new entries, and
 * entries of another type than in the lower; on request, layers have every other format. The same
 * seed gives the same layers. Immutable.
 */
public final class RandomLayers {
  private static final int MAX_ENTRIES = 30;

  private final long seed;
  private final RandomShape shape;

  private RandomLayers(long seed, RandomShape shape) {
    this.seed = seed;
    this.shape = shape;
  }

  /**
   * Returns the layers of a seed, without device nodes and sockets. This process owns every entry,
   * and may read and write it.
   *
   * @param seed the seed, on which everything depends
   * @param marks the namespace of marks
   * @return the layers, not written yet
   */
  public static RandomLayers of(long seed, MarkNamespace marks) {
    return new RandomLayers(seed, new RandomShape(marks, false, false, false, false));
  }

  /**
   * Returns the same with device nodes and sockets.
   *
   * @return other layers, not written yet
   */
  public RandomLayers withNodes() {
    return withShape(
        new RandomShape(
            shape.namespace(),
            true,
            shape.hasOwners(),
            shape.hasEveryFormat(),
            shape.hasUpperXattrWhiteouts()));
  }

  /**
   * Returns the same with any owner and any mode. Writing them to a disk needs the rights of root.
   *
   * @return other layers, not written yet
   */
  public RandomLayers withOwners() {
    return withShape(
        new RandomShape(
            shape.namespace(),
            shape.hasNodes(),
            true,
            shape.hasEveryFormat(),
            shape.hasUpperXattrWhiteouts()));
  }

  /**
   * Returns layers of the same seed with everything that the format of layers has: redirected
   * directories, metacopy files, whiteouts of both forms, marks of nested overlays, and marks that
   * stand for attributes. Only lowers have whiteouts that are marked files, which the kernel hides
   * properly there.
   *
   * @return other layers, not written yet
   */
  public RandomLayers withEveryFormat() {
    return withShape(
        new RandomShape(
            shape.namespace(),
            shape.hasNodes(),
            shape.hasOwners(),
            true,
            shape.hasUpperXattrWhiteouts()));
  }

  /**
   * Returns the same with whiteouts that are marked files in the upper, too. The kernel lists their
   * names, although nothing can be found under them.
   *
   * @return other layers with every format, not written yet
   */
  public RandomLayers withXattrWhiteoutsInUpper() {
    return withShape(
        new RandomShape(shape.namespace(), shape.hasNodes(), shape.hasOwners(), true, true));
  }

  private RandomLayers withShape(RandomShape newShape) {
    return new RandomLayers(seed, newShape);
  }

  /**
   * Fills two empty directories.
   *
   * @param store the store that opens them
   * @param lower the directory of the lower
   * @param upper the directory of the upper
   * @return paths that a spec could declare private, as far as they exist: one in the lower only,
   *     one in both layers, one in the upper only, and one in neither
   * @throws IOException if a layer cannot be written
   */
  public List<String> fillLayers(LayerStore store, Path lower, Path upper) throws IOException {
    return fillLayers(store, List.of(lower), upper);
  }

  /**
   * Fills some empty directories. Each lower is filled as an upper over those below it.
   *
   * @param store the store that opens them
   * @param lowers the directories of the lowers, top-most first
   * @param upper the directory of the upper
   * @return paths that a spec could declare private, as far as they exist: one in a lower only, one
   *     in lower and upper, one in the upper only, and one in neither
   * @throws IOException if a layer cannot be written
   */
  public List<String> fillLayers(LayerStore store, List<Path> lowers, Path upper)
      throws IOException {
    Random random = new Random(seed);
    PrivatePathCandidates paths = new PrivatePathCandidates();
    int lowest = lowers.size() - 1;
    fillLowest(store, lowers.get(lowest), random, paths.lowerPaths());
    if (lowest == 0 && !shape.hasEveryFormat()) {
      fillUpper(store, lowers.get(0), upper, random, paths.upperPaths());
    } else {
      for (int i = lowest - 1; i >= 0; i--) {
        List<Path> below = lowers.subList(i + 1, lowers.size());
        fillChanged(
            store, below, lowers.get(i), random, paths.lowerPaths(), shape.hasEveryFormat());
      }
      fillChanged(store, lowers, upper, random, paths.upperPaths(), shape.hasUpperXattrWhiteouts());
    }
    return paths.privatePaths(random);
  }

  /**
   * Fills an empty directory as an upper over layers that are filled already, such as the upper of
   * another instance that shares the lowers.
   *
   * @param store the store that opens them
   * @param lowers the directories of the lowers, top-most first
   * @param upper the directory of the upper
   * @return paths that a spec could declare private, as far as they exist: one in the upper, and
   *     one in neither
   * @throws IOException if a layer cannot be written
   */
  public List<String> fillUpper(LayerStore store, List<Path> lowers, Path upper)
      throws IOException {
    Random random = new Random(seed);
    PrivatePathCandidates paths = new PrivatePathCandidates();
    if (lowers.size() == 1 && !shape.hasEveryFormat()) {
      fillUpper(store, lowers.get(0), upper, random, paths.upperPaths());
    } else {
      fillChanged(store, lowers, upper, random, paths.upperPaths(), shape.hasUpperXattrWhiteouts());
    }
    return paths.privatePaths(random);
  }

  private void fillLowest(
      LayerStore store, Path lower, Random random, PrivatePathCandidates.LayerPaths paths)
      throws IOException {
    try (LayerDirectory root = store.open(lower)) {
      RandomEntries entries = new RandomEntries(random, root, shape);
      new RandomTree(random, entries, paths, false, MAX_ENTRIES)
          .fillDirectory(root, List.of(), 4 + random.nextInt(5));
      entries.setAttributes(root, Name.SELF, EntryType.DIRECTORY);
    }
  }

  private void fillUpper(
      LayerStore store,
      Path lower,
      Path upper,
      Random random,
      PrivatePathCandidates.LayerPaths paths)
      throws IOException {
    try (LayerDirectory lowerRoot = store.open(lower);
        LayerDirectory upperRoot = store.open(upper)) {
      RandomEntries entries = new RandomEntries(random, upperRoot, shape);
      RandomTree tree = new RandomTree(random, entries, paths, true, MAX_ENTRIES);
      new RandomUpper(random, entries, tree, paths).fillMerged(upperRoot, lowerRoot, List.of());
      entries.setAttributes(upperRoot, Name.SELF, EntryType.DIRECTORY);
    }
  }

  /** Fills a layer with the changes that are made to the view of the layers below. */
  private void fillChanged(
      LayerStore store,
      List<Path> below,
      Path layer,
      Random random,
      PrivatePathCandidates.LayerPaths paths,
      boolean xattrWhiteouts)
      throws IOException {
    ViewNode root = ViewTreeReader.readLayers(store, below, shape.namespace());
    try (LayerDirectory directory = store.open(layer)) {
      RandomEntries entries = new RandomEntries(random, directory, shape);
      RandomChanges changes = new RandomChanges(random, entries, shape.hasEveryFormat(), root);
      changes.makeChanges(5 + random.nextInt(25));
      new UpperWriter(random, changes, entries, paths, xattrWhiteouts)
          .writeDirectory(directory, root, List.of());
      entries.setAttributes(directory, Name.SELF, EntryType.DIRECTORY);
    }
  }
}
