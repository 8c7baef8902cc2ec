package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Fills an upper as the kernel would over a lower, and as {@link dev.overlays.hiding.PrivatePaths}
 * would.
 */
final class RandomUpper {
  private final Random random;
  private final RandomNames names;
  private final RandomEntries entries;
  private final RandomTree tree;
  private final PrivatePathCandidates.LayerPaths paths;

  RandomUpper(
      Random random,
      RandomEntries entries,
      RandomTree tree,
      PrivatePathCandidates.LayerPaths paths) {
    this.random = random;
    names = new RandomNames(random);
    this.entries = entries;
    this.tree = tree;
    this.paths = paths;
  }

  /** Fills a directory that is merged with one of the lower. */
  void fillMerged(LayerDirectory upper, LayerDirectory lower, List<Name> path) throws IOException {
    List<Name> below = sortedNames(lower);
    for (Name name : below) {
      int roll = random.nextInt(100);
      if (roll < 15) {
        upper.createWhiteout(name);
      } else if (roll < 65) {
        changeEntry(upper, lower, PrivatePathCandidates.appendName(path, name));
      }
    }
    Set<Name> taken = new HashSet<>(below);
    for (int i = random.nextInt(4); i > 0; i--) {
      addEntry(upper, PrivatePathCandidates.appendName(path, names.newName(taken)));
    }
    if (random.nextInt(3) == 0) {
      entries.randomMarks().setFlag(upper, Name.SELF, Mark.IMPURE);
    }
  }

  private void changeEntry(LayerDirectory upper, LayerDirectory lower, List<Name> path)
      throws IOException {
    Name name = RandomEntries.lastName(path);
    EntryType old = LayerEntries.requireStat(lower, name).type();
    EntryType kind = random.nextInt(3) == 0 ? old : entries.randomKind(path.size() - 1);
    if (kind != EntryType.DIRECTORY) {
      addNonDirectory(upper, path, kind, old == kind && random.nextInt(3) > 0);
    } else if (old == EntryType.DIRECTORY) {
      addOverDirectory(upper, lower, path);
    } else {
      addOpaqueDirectory(upper, path);
    }
  }

  private void addNonDirectory(
      LayerDirectory upper, List<Name> path, EntryType kind, boolean copiedUp) throws IOException {
    entries.makeEntry(upper, path, kind);
    paths.addPath(path, kind);
    if (copiedUp) {
      entries.randomMarks().setOrigin(upper, RandomEntries.lastName(path), kind);
    }
  }

  /**
   * Adds a directory over one of the lower: merged, or opaque as if created after the lower one was
   * deleted.
   */
  private void addOverDirectory(LayerDirectory upper, LayerDirectory lower, List<Name> path)
      throws IOException {
    Name name = RandomEntries.lastName(path);
    int roll = random.nextInt(100);
    if (roll < 20) {
      addOpaqueDirectory(upper, path);
      return;
    }
    upper.createDirectory(name);
    paths.addPath(path, EntryType.DIRECTORY);
    try (LayerDirectory innerUpper = upper.open(name);
        LayerDirectory innerLower = lower.open(name)) {
      fillMerged(innerUpper, innerLower, path);
    }
    entries.randomMarks().setOrigin(upper, name, EntryType.DIRECTORY);
    if (roll < 30) {
      // Made opaque later, with its whiteouts, to hide a private path.
      entries.randomMarks().setFlag(upper, name, Mark.OPAQUE);
    }
    entries.setAttributes(upper, name, EntryType.DIRECTORY);
  }

  /** Adds an entry that the lower does not have. */
  private void addEntry(LayerDirectory upper, List<Name> path) throws IOException {
    if (random.nextInt(8) == 0) {
      // Left over from when the lower had the name.
      upper.createWhiteout(RandomEntries.lastName(path));
      return;
    }
    EntryType kind = entries.randomKind(path.size() - 1);
    if (kind != EntryType.DIRECTORY) {
      addNonDirectory(upper, path, kind, false);
    } else if (random.nextInt(4) > 0) {
      addOpaqueDirectory(upper, path);
    } else {
      // Copied into the upper by hand, or merged when the lower still had one.
      tree.makeDirectory(upper, path);
      sometimesSetMarks(upper, RandomEntries.lastName(path));
    }
  }

  /** Adds a new directory, which the kernel makes opaque if its parent is merged. */
  private void addOpaqueDirectory(LayerDirectory upper, List<Name> path) throws IOException {
    tree.makeDirectory(upper, path);
    entries.randomMarks().setFlag(upper, RandomEntries.lastName(path), Mark.OPAQUE);
    sometimesSetMarks(upper, RandomEntries.lastName(path));
  }

  private void sometimesSetMarks(LayerDirectory upper, Name name) throws IOException {
    if (random.nextInt(4) == 0) {
      entries.randomMarks().setFlag(upper, name, Mark.IMPURE);
      entries.randomMarks().setOrigin(upper, name, EntryType.DIRECTORY);
    }
  }

  private static List<Name> sortedNames(LayerDirectory directory) throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      names.add(entry.name());
    }
    names.sort(ViewNode.BY_BYTES);
    return names;
  }
}
