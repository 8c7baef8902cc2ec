package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes the whiteouts in an opaque directory, and the directories that hold nothing else. They
 * hide nothing there, but the kernel lists the names of the whiteouts although a lookup fails, and
 * shows the directories.
 */
final class UselessWhiteouts {
  private static final int OWNER_ONLY = 0700;

  private final MarkNamespace marks;
  private final WhiteoutOnlyDirectories whiteoutOnly;

  UselessWhiteouts(MarkNamespace marks, WhiteoutOnlyDirectories whiteoutOnly) {
    this.marks = marks;
    this.whiteoutOnly = whiteoutOnly;
  }

  /**
   * Removes the whiteouts in a directory at a path and in all directories below it, which keep
   * their times and modes.
   */
  void removeIn(LayerDirectory directory, List<Name> path) throws IOException {
    TreeWalk.run(new DirectoryStep(null, Name.SELF, path, directory));
  }

  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final DirectoryStep outer;
    private final Name name;
    private final List<Name> path;
    private LayerDirectory directory;
    private EntryStat before;
    private EntryCursor entries;
    private boolean holdsOthers;
    private boolean listed;

    /** Makes a step. The first directory has no outer one and stays open. */
    DirectoryStep(DirectoryStep outer, Name name, List<Name> path, LayerDirectory directory) {
      this.outer = outer;
      this.name = name;
      this.path = path;
      this.directory = directory;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (entries == null) {
        openListing();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryType type = entry.type();
        if (type != EntryType.UNKNOWN
            && type != EntryType.DIRECTORY
            && type != EntryType.CHARACTER_DEVICE) {
          holdsOthers = true;
          continue;
        }
        EntryStat stat = LayerEntries.requireStat(directory, entry.name());
        if (stat.isWhiteoutDevice()) {
          directory.remove(entry.name());
        } else if (stat.isDirectory() && !LayerEntries.isOpaque(directory, entry.name(), marks)) {
          return new DirectoryStep(this, entry.name(), innerPath(entry.name()), null);
        } else {
          // An opaque directory has been cleaned already.
          holdsOthers = true;
        }
      }
      listed = true;
      return null;
    }

    private List<Name> innerPath(Name inner) {
      List<Name> names = new ArrayList<>(path);
      names.add(inner);
      return names;
    }

    private void openListing() throws IOException {
      if (outer != null) {
        before = LayerEntries.requireStat(outer.directory, name);
        if ((before.mode() & OWNER_ONLY) != OWNER_ONLY) {
          outer.directory.setMode(name, before.mode() | OWNER_ONLY);
        }
        directory = outer.directory.open(name);
      }
      directory.removeXattr(Name.SELF, Mark.ORIGIN.xattr(marks));
      entries = directory.entries();
    }

    @Override
    public void close() throws IOException {
      if (outer == null || directory == null) {
        return;
      }
      directory.close();
      if (listed && !holdsOthers && whiteoutOnly.isRemembered(path)) {
        LayerEntries.removeTree(outer.directory, name);
        return;
      }
      outer.holdsOthers = true;
      outer.directory.setTimes(name, before.accessed(), before.modified());
      outer.directory.setMode(name, before.mode());
    }
  }
}
