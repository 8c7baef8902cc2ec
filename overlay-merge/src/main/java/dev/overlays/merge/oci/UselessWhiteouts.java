package dev.overlays.merge.oci;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * Removes the whiteouts in a directory that hides those below. They hide nothing there, and the
 * kernel lists their names without being able to look them up.
 */
final class UselessWhiteouts {
  private static final int OWNER_ONLY = 0700;

  private final MarkNamespace marks;

  UselessWhiteouts(MarkNamespace marks) {
    this.marks = marks;
  }

  /** Removes those in a directory, and in all that are in it; these keep their times and modes. */
  void remove(LayerDirectory directory) throws IOException {
    directory.removeXattr(Name.SELF, Mark.ORIGIN.xattr(marks));
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      EntryStat stat = null;
      if (entry.type() == EntryType.UNKNOWN || entry.type() == EntryType.CHARACTER_DEVICE) {
        stat = LayerEntries.present(directory, entry.name());
      }
      if (entry.type() == EntryType.DIRECTORY || (stat != null && stat.isDirectory())) {
        inside(directory, entry.name());
      } else if (stat != null && stat.isWhiteoutDevice()) {
        directory.remove(entry.name());
      }
    }
  }

  /** One that hides those below itself has none. */
  private void inside(LayerDirectory parent, Name name) throws IOException {
    if (LayerEntries.isOpaque(parent, name, marks)) {
      return;
    }
    EntryStat before = LayerEntries.present(parent, name);
    boolean closed = (before.mode() & OWNER_ONLY) != OWNER_ONLY;
    if (closed) {
      parent.setMode(name, before.mode() | OWNER_ONLY);
    }
    try (LayerDirectory directory = parent.open(name)) {
      remove(directory);
    }
    parent.setTimes(name, before.accessed(), before.modified());
    if (closed) {
      parent.setMode(name, before.mode());
    }
  }
}
