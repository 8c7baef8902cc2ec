package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Fills a directory with a random tree, which can be part of any layer. */
final class RandomTree {
  private final Random random;
  private final RandomNames names;
  private final RandomEntries entries;
  private final RandomPaths.LayerPaths paths;
  private final boolean upper;
  private int left;

  RandomTree(
      Random random, RandomEntries entries, RandomPaths.LayerPaths paths, boolean upper, int most) {
    this.random = random;
    names = new RandomNames(random);
    this.entries = entries;
    this.paths = paths;
    this.upper = upper;
    left = most;
  }

  /** Creates up to a number of entries in a directory, with everything in them. */
  void fill(LayerDirectory directory, List<Name> path, int count) throws IOException {
    Set<Name> taken = new HashSet<>();
    for (int i = 0; i < count && left > 0; i++) {
      left--;
      List<Name> inner = RandomPaths.in(path, names.fresh(taken));
      EntryType kind = entries.kind(path.size());
      if (kind == EntryType.DIRECTORY) {
        directory(directory, inner);
      } else {
        entries.make(directory, inner, kind);
        paths.add(inner, kind);
        if (upper && random.nextInt(4) == 0) {
          // Copied up elsewhere, and then moved here.
          entries.marks().origin(directory, RandomEntries.last(inner), kind);
        }
      }
    }
  }

  /** Creates a directory and fills it. */
  void directory(LayerDirectory parent, List<Name> path) throws IOException {
    Name name = RandomEntries.last(path);
    parent.createDirectory(name);
    paths.add(path, EntryType.DIRECTORY);
    try (LayerDirectory directory = parent.open(name)) {
      fill(directory, path, random.nextInt(5));
    }
    entries.attributes(parent, name, EntryType.DIRECTORY);
  }
}
