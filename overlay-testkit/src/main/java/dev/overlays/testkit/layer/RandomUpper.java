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
  private final RandomPaths.LayerPaths paths;

  RandomUpper(Random random, RandomEntries entries, RandomTree tree, RandomPaths.LayerPaths paths) {
    this.random = random;
    names = new RandomNames(random);
    this.entries = entries;
    this.tree = tree;
    this.paths = paths;
  }

  /** Fills a directory that is merged with one of the lower. */
  void fill(LayerDirectory upper, LayerDirectory lower, List<Name> path) throws IOException {
    List<Name> below = names(lower);
    for (Name name : below) {
      int roll = random.nextInt(100);
      if (roll < 15) {
        upper.createWhiteout(name);
      } else if (roll < 65) {
        change(upper, lower, RandomPaths.in(path, name));
      }
    }
    Set<Name> taken = new HashSet<>(below);
    for (int i = random.nextInt(4); i > 0; i--) {
      add(upper, RandomPaths.in(path, names.fresh(taken)));
    }
    if (random.nextInt(3) == 0) {
      entries.marks().yes(upper, Name.SELF, Mark.IMPURE);
    }
  }

  private void change(LayerDirectory upper, LayerDirectory lower, List<Name> path)
      throws IOException {
    Name name = RandomEntries.last(path);
    EntryType old = LayerEntries.present(lower, name).type();
    EntryType kind = random.nextInt(3) == 0 ? old : entries.kind(path.size() - 1);
    if (kind != EntryType.DIRECTORY) {
      leaf(upper, path, kind, old == kind && random.nextInt(3) > 0);
    } else if (old == EntryType.DIRECTORY) {
      merge(upper, lower, path);
    } else {
      added(upper, path);
    }
  }

  private void leaf(LayerDirectory upper, List<Name> path, EntryType kind, boolean copiedUp)
      throws IOException {
    entries.make(upper, path, kind);
    paths.add(path, kind);
    if (copiedUp) {
      entries.marks().origin(upper, RandomEntries.last(path), kind);
    }
  }

  /**
   * Adds a directory over one of the lower: merged, or opaque as if created after the lower one was
   * deleted.
   */
  private void merge(LayerDirectory upper, LayerDirectory lower, List<Name> path)
      throws IOException {
    Name name = RandomEntries.last(path);
    int roll = random.nextInt(100);
    if (roll < 20) {
      added(upper, path);
      return;
    }
    upper.createDirectory(name);
    paths.add(path, EntryType.DIRECTORY);
    try (LayerDirectory innerUpper = upper.open(name);
        LayerDirectory innerLower = lower.open(name)) {
      fill(innerUpper, innerLower, path);
    }
    entries.marks().origin(upper, name, EntryType.DIRECTORY);
    if (roll < 30) {
      // Made opaque later, with its whiteouts, to hide a private path.
      entries.marks().yes(upper, name, Mark.OPAQUE);
    }
    entries.attributes(upper, name, EntryType.DIRECTORY);
  }

  /** Adds an entry that the lower does not have. */
  private void add(LayerDirectory upper, List<Name> path) throws IOException {
    if (random.nextInt(8) == 0) {
      // Left over from when the lower had the name.
      upper.createWhiteout(RandomEntries.last(path));
      return;
    }
    EntryType kind = entries.kind(path.size() - 1);
    if (kind != EntryType.DIRECTORY) {
      leaf(upper, path, kind, false);
    } else if (random.nextInt(4) > 0) {
      added(upper, path);
    } else {
      // Copied into the upper by hand, or merged when the lower still had one.
      tree.directory(upper, path);
      marks(upper, RandomEntries.last(path));
    }
  }

  /** Adds a new directory, which the kernel makes opaque if its parent is merged. */
  private void added(LayerDirectory upper, List<Name> path) throws IOException {
    tree.directory(upper, path);
    entries.marks().yes(upper, RandomEntries.last(path), Mark.OPAQUE);
    marks(upper, RandomEntries.last(path));
  }

  private void marks(LayerDirectory upper, Name name) throws IOException {
    if (random.nextInt(4) == 0) {
      entries.marks().yes(upper, name, Mark.IMPURE);
      entries.marks().origin(upper, name, EntryType.DIRECTORY);
    }
  }

  private static List<Name> names(LayerDirectory directory) throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      names.add(entry.name());
    }
    names.sort(ViewNode.BY_BYTES);
    return names;
  }
}
