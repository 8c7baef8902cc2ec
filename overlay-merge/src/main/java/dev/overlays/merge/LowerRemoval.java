package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Removes what the lower holds where the upper hides it: no step of this can be seen. */
final class LowerRemoval {
  private final Changes changes;
  private final Tally tally;

  LowerRemoval(Changes changes, Tally tally) {
    this.changes = changes;
    this.tally = tally;
  }

  /** Removes an entry and all that is in it. */
  void remove(LayerDirectory lower, Name name, EntryType type, Place place) throws IOException {
    if (type == EntryType.DIRECTORY) {
      empty(lower, name, place);
      changes.removeDirectory(lower, name);
    } else {
      changes.remove(lower, name);
    }
    tally.add(MergeAction.DELETED, place, name);
  }

  /** Removes all that is in a directory, but not the directory. */
  void empty(LayerDirectory lower, Name name, Place place) throws IOException {
    Place inside = place.in(name);
    try (LayerDirectory directory = lower.open(name)) {
      boolean again = true;
      while (again) {
        again = false;
        EntryCursor entries = directory.entries();
        for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
          EntryType type = entry.type();
          if (type == EntryType.UNKNOWN) {
            type = LayerEntries.present(directory, entry.name()).type();
          }
          remove(directory, entry.name(), type, inside);
          again = !changes.dryRun();
        }
      }
    }
  }
}
