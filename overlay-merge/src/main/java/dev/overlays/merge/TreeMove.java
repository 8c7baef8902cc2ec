package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * Moves a directory of the upper to where the lower has nothing, or an empty directory: frees the
 * tree from marks and whiteouts, which have nothing to hide there, and renames it as a whole.
 */
final class TreeMove {
  private final Changes changes;
  private final MarkNamespace marks;
  private final Tally tally;

  TreeMove(Changes changes, MarkNamespace marks, Tally tally) {
    this.changes = changes;
    this.marks = marks;
    this.tally = tally;
  }

  void move(LayerDirectory upper, Name name, EntryStat stat, LayerDirectory lower, Place place)
      throws IOException {
    free(upper, name, stat, place);
    changes.rename(upper, name, lower);
  }

  /** Frees a directory and all that is in it; it keeps its times. */
  private void free(LayerDirectory parent, Name name, EntryStat stat, Place place)
      throws IOException {
    boolean changed = false;
    Place inside = place.in(name);
    try (LayerDirectory directory = parent.open(name)) {
      EntryCursor entries = directory.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryStat inner = LayerEntries.present(directory, entry.name());
        if (inner.isDirectory()) {
          free(directory, entry.name(), inner, inside);
        } else if (LayerEntries.isWhiteout(directory, entry.name(), inner, marks)) {
          changes.remove(directory, entry.name());
          changed = true;
        } else {
          changes.strip(directory, entry.name());
          tally.moved(MergeAction.ADDED, inside, entry.name(), inner);
        }
      }
    }
    changes.strip(parent, name);
    if (changed) {
      changes.setTimes(parent, name, stat);
    }
    tally.add(MergeAction.ADDED, place, name);
  }
}
