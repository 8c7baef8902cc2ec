package dev.overlays.merge.oci.unpack;

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
 * The directories that have only whiteouts in an archive, and no entry. Such a directory holds
 * nothing of its own: it is removed when the same archive also has a whiteout for the directory, or
 * for one around it. A limited number is remembered; any others stay as empty directories.
 */
final class WhiteoutOnlyDirectories {
  private static final int MOST_REMEMBERED = 10_000;

  private final Set<List<Name>> directories = new HashSet<>();

  /**
   * Adds the directories of a path that were created for a whiteout.
   *
   * @param there how many directories of the path existed before
   */
  void addCreated(List<Name> path, int there) {
    for (int i = there + 1; i <= path.size() && directories.size() < MOST_REMEMBERED; i++) {
      directories.add(List.copyOf(path.subList(0, i)));
    }
  }

  /** Removes a directory that the archive has an entry for. */
  void removeNamed(List<Name> path) {
    if (!directories.isEmpty()) {
      directories.remove(path);
    }
  }

  /** Whether a directory was created for a whiteout, and is not known to hold anything else. */
  boolean isRemembered(List<Name> path) {
    return !directories.isEmpty() && directories.contains(path);
  }

  /** Whether a directory is one of these and holds nothing but such directories and whiteouts. */
  boolean holdsWhiteoutsOnly(LayerDirectory parent, List<Name> path) throws IOException {
    if (!directories.contains(path)) {
      return false;
    }
    ContentCheck contents = new ContentCheck();
    TreeWalk.run(contents.new DirectoryStep(parent.open(path.get(path.size() - 1)), path));
    return !contents.foundOther;
  }

  /** Looks for any other entry in a directory. */
  private final class ContentCheck {
    private boolean foundOther;

    private final class DirectoryStep implements TreeWalk.WalkStep {
      private final LayerDirectory directory;
      private final List<Name> path;
      private EntryCursor entries;

      DirectoryStep(LayerDirectory directory, List<Name> path) {
        this.directory = directory;
        this.path = path;
      }

      @Override
      public TreeWalk.WalkStep nextStep() throws IOException {
        entries = entries == null ? directory.entries() : entries;
        LayerEntry entry = foundOther ? null : entries.next();
        if (entry == null) {
          return null;
        }
        EntryStat stat = LayerEntries.requireStat(directory, entry.name());
        List<Name> inner = new ArrayList<>(path);
        inner.add(entry.name());
        if (stat.isDirectory() && directories.contains(inner)) {
          return new DirectoryStep(directory.open(entry.name()), inner);
        }
        foundOther = !stat.isWhiteoutDevice();
        return this;
      }

      @Override
      public void close() throws IOException {
        directory.close();
      }
    }
  }
}
