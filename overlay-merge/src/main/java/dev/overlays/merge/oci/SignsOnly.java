package dev.overlays.merge.oci;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The directories that an archive has no entry for, only whiteouts in them. Such a one has nothing
 * of its own: it goes when the same archive deletes what is below. Only some are kept in memory;
 * others become empty directories then.
 */
final class SignsOnly {
  private static final int MOST = 10_000;

  private final Set<List<Name>> directories = new HashSet<>();

  /** Those of a path that were not there have been made for a whiteout. */
  void madeDirectory(List<Name> path, int there) {
    for (int i = there + 1; i <= path.size() && directories.size() < MOST; i++) {
      directories.add(List.copyOf(path.subList(0, i)));
    }
  }

  /** The archive has an entry for a directory. */
  void sawName(List<Name> path) {
    if (!directories.isEmpty()) {
      directories.remove(path);
    }
  }

  /** Whether a directory is one, and everything in it is one or a whiteout. */
  boolean isOne(LayerDirectory parent, List<Name> path) throws IOException {
    if (!directories.contains(path)) {
      return false;
    }
    ContentSearch contents = new ContentSearch();
    TreeWalk.run(contents.new Inside(parent.open(path.get(path.size() - 1)), path));
    return !contents.others;
  }

  /** Looks for something else in a directory. */
  private final class ContentSearch {
    private boolean others;

    private final class Inside implements TreeWalk.Step {
      private final LayerDirectory directory;
      private final List<Name> path;
      private EntryCursor entries;

      Inside(LayerDirectory directory, List<Name> path) {
        this.directory = directory;
        this.path = path;
      }

      @Override
      public TreeWalk.Step nextStep() throws IOException {
        entries = entries == null ? directory.entries() : entries;
        LayerEntry entry = others ? null : entries.next();
        if (entry == null) {
          return null;
        }
        EntryStat stat = LayerEntries.present(directory, entry.name());
        List<Name> inner = new ArrayList<>(path);
        inner.add(entry.name());
        if (stat.isDirectory() && directories.contains(inner)) {
          return new Inside(directory.open(entry.name()), inner);
        }
        others = !stat.isWhiteoutDevice();
        return this;
      }

      @Override
      public void close() throws IOException {
        directory.close();
      }
    }
  }
}
