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
  private final PrivatePathCandidates.LayerPaths paths;
  private final boolean upper;
  private int entriesLeft;

  RandomTree(
      Random random,
      RandomEntries entries,
      PrivatePathCandidates.LayerPaths paths,
      boolean upper,
      int most) {
    this.random = random;
    names = new RandomNames(random);
    this.entries = entries;
    this.paths = paths;
    this.upper = upper;
    entriesLeft = most;
  }

  /** Creates up to a number of entries in a directory, with everything in them. */
  void fillDirectory(LayerDirectory directory, List<Name> path, int count) throws IOException {
    Set<Name> taken = new HashSet<>();
    for (int i = 0; i < count && entriesLeft > 0; i++) {
      entriesLeft--;
      List<Name> inner = PrivatePathCandidates.appendName(path, names.newName(taken));
      EntryType kind = entries.randomKind(path.size());
      if (kind == EntryType.DIRECTORY) {
        makeDirectory(directory, inner);
      } else {
        entries.makeEntry(directory, inner, kind);
        paths.addPath(inner, kind);
        if (upper && random.nextInt(4) == 0) {
          // Copied up elsewhere, and then moved here.
          entries.randomMarks().setOrigin(directory, RandomEntries.lastName(inner), kind);
        }
      }
    }
  }

  /** Creates a directory and fills it. */
  void makeDirectory(LayerDirectory parent, List<Name> path) throws IOException {
    Name name = RandomEntries.lastName(path);
    parent.createDirectory(name);
    paths.addPath(path, EntryType.DIRECTORY);
    try (LayerDirectory directory = parent.open(name)) {
      fillDirectory(directory, path, random.nextInt(5));
    }
    entries.setAttributes(parent, name, EntryType.DIRECTORY);
  }
}
