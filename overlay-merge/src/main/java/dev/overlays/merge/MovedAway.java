package dev.overlays.merge;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * Counts as deleted what is moved out of the lower before the walk gets there, which is how it
 * looks to whoever knows only the lower.
 */
final class MovedAway {
  private final Tally tally;

  MovedAway(Tally tally) {
    this.tally = tally;
  }

  /** Counts an entry with all that is in it. */
  void count(LayerDirectory lower, Name name, EntryType type, Place place) throws IOException {
    if (type == EntryType.DIRECTORY) {
      Place inside = place.in(name);
      try (LayerDirectory directory = lower.open(name)) {
        Entries.forEach(
            directory, (inner, innerType) -> count(directory, inner, innerType, inside));
      }
    }
    tally.add(MergeAction.DELETED, place, name);
  }
}
