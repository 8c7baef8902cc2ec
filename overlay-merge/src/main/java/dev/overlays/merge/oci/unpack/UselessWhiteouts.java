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

/**
 * Removes the whiteouts in an opaque directory. They hide nothing there, and the kernel lists their
 * names although a lookup fails.
 */
final class UselessWhiteouts {
  private static final int OWNER_ONLY = 0700;

  private final MarkNamespace marks;

  UselessWhiteouts(MarkNamespace marks) {
    this.marks = marks;
  }

  /**
   * Removes the whiteouts in a directory and in all directories below it, which keep their times
   * and modes.
   */
  void removeIn(LayerDirectory directory) throws IOException {
    TreeWalk.run(new DirectoryStep(null, Name.SELF, directory));
  }

  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private LayerDirectory directory;
    private EntryStat before;
    private EntryCursor entries;

    /** Makes a step. The first directory has no parent and stays open. */
    DirectoryStep(LayerDirectory parent, Name name, LayerDirectory directory) {
      this.parent = parent;
      this.name = name;
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
          continue;
        }
        EntryStat stat = LayerEntries.requireStat(directory, entry.name());
        if (stat.isWhiteoutDevice()) {
          directory.remove(entry.name());
        } else if (stat.isDirectory() && !LayerEntries.isOpaque(directory, entry.name(), marks)) {
          // An opaque directory has been cleaned already.
          return new DirectoryStep(directory, entry.name(), null);
        }
      }
      return null;
    }

    private void openListing() throws IOException {
      if (parent != null) {
        before = LayerEntries.requireStat(parent, name);
        if ((before.mode() & OWNER_ONLY) != OWNER_ONLY) {
          parent.setMode(name, before.mode() | OWNER_ONLY);
        }
        directory = parent.open(name);
      }
      directory.removeXattr(Name.SELF, Mark.ORIGIN.xattr(marks));
      entries = directory.entries();
    }

    @Override
    public void close() throws IOException {
      if (parent != null && directory != null) {
        directory.close();
        parent.setTimes(name, before.accessed(), before.modified());
        parent.setMode(name, before.mode());
      }
    }
  }
}
