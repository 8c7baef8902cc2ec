package dev.overlays.testkit.copying;

import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.testkit.copying.MergedDirectory.ShownEntry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Writes into an empty upper what makes a view of the lowers. */
final class UpperDifference {
  private UpperDifference() {}

  static void writeDifference(LayerDirectory view, MergedDirectory lowers, LayerDirectory upper)
      throws IOException {
    for (Name name : MergedDirectory.listNames(view)) {
      EntryStat stat = LayerEntries.requireStat(view, name);
      Optional<ShownEntry> below = lowers.findShown(name);
      if (stat.isDirectory() && below.filter(found -> found.stat().isDirectory()).isPresent()) {
        writeMerged(view, lowers, upper, name, isSame(view, name, stat, below.get()));
      } else if (below.isEmpty() || !isSame(view, name, stat, below.get())) {
        // Not closed, since the caller owns the directory of the view.
        TreeCopy.copyEntry(MergedDirectory.of(view), name, upper);
      }
    }
    for (Name name : lowers.shownNames()) {
      if (view.stat(name).isEmpty()) {
        upper.createWhiteout(name);
      }
    }
    AttributeCopy.copyAttributes(view, Name.SELF, upper, Name.SELF, CopyBackend.MARKS);
  }

  /**
   * Writes a directory that is merged with those of the lowers; the upper needs none where nothing
   * differs.
   */
  private static void writeMerged(
      LayerDirectory view, MergedDirectory lowers, LayerDirectory upper, Name name, boolean same)
      throws IOException {
    upper.createDirectory(name);
    boolean empty;
    try (LayerDirectory innerView = view.open(name);
        MergedDirectory innerLowers = lowers.openMerged(name);
        LayerDirectory innerUpper = upper.open(name)) {
      writeDifference(innerView, innerLowers, innerUpper);
      empty = MergedDirectory.listNames(innerUpper).isEmpty();
    }
    if (empty && same) {
      upper.removeDirectory(name);
    }
  }

  private static boolean isSame(LayerDirectory view, Name name, EntryStat stat, ShownEntry below)
      throws IOException {
    EntryStat other = below.stat();
    return stat.type() == other.type()
        && stat.mode() == other.mode()
        && stat.owner() == other.owner()
        && stat.group() == other.group()
        && stat.modified().equals(other.modified())
        && xattrValues(view, name).equals(xattrValues(below.directory(), name))
        && (stat.type() != EntryType.FILE || hasSameData(view, below.directory(), name))
        && (stat.type() != EntryType.SYMLINK
            || Arrays.equals(view.readSymlink(name), below.directory().readSymlink(name)));
  }

  private static boolean hasSameData(LayerDirectory one, LayerDirectory other, Name name)
      throws IOException {
    try (InputStream first = one.readFile(name);
        InputStream second = other.readFile(name)) {
      return Arrays.equals(first.readAllBytes(), second.readAllBytes());
    }
  }

  private static Map<String, String> xattrValues(LayerDirectory directory, Name name)
      throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String xattr : directory.xattrs(name)) {
      if (!CopyBackend.MARKS.isMark(xattr)) {
        directory.xattr(name, xattr).ifPresent(v -> values.put(xattr, Arrays.toString(v)));
      }
    }
    return values;
  }
}
