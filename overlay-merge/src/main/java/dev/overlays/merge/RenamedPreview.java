package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.MergedDirectory;
import dev.overlays.merge.lookup.Redirect;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells a dry run of what is in the renamed directories of the upper: a merge pulls up what they
 * show of the lower, and then moves all of it.
 */
final class RenamedPreview {
  private final LayerRoots lowers;
  private final Tally tally;
  private final Map<List<Name>, Renamed> byPath = new HashMap<>();

  /** Only a dry run needs to know what was renamed; a merge has made it whole by then. */
  RenamedPreview(LayerRoots lowers, Tally tally, List<Renamed> renamed) {
    this.lowers = lowers;
    this.tally = tally;
    for (Renamed entry : renamed) {
      if (entry.directory()) {
        byPath.put(entry.path(), entry);
      }
    }
  }

  boolean isRenamed(Level level, Name name) {
    return !byPath.isEmpty() && byPath.containsKey(level.place().names(name));
  }

  /** Counts everything in a renamed directory. */
  void inside(Level level, Name name, Selection selection) throws IOException {
    Renamed entry = byPath.get(level.place().names(name));
    try (LayerDirectory upper = level.upper().open(name);
        MergedDirectory below =
            entry.source() == null
                ? MergedDirectory.nothing(lowers)
                : lowers.root().open(new Redirect(true, entry.source()))) {
      merged(upper, below, selection, level.place().in(name));
    }
  }

  private void merged(LayerDirectory upper, MergedDirectory below, Selection selection, Place place)
      throws IOException {
    if (upper != null) {
      Entries.forEach(
          upper,
          (name, type) -> {
            EntryStat stat = LayerEntries.present(upper, name);
            if (!LayerEntries.isWhiteout(upper, name, stat, lowers.marks())) {
              entry(upper, below, name, stat, selection.below(name), place);
            }
          });
    }
    below.forEach(
        shown -> {
          Name name = shown.name();
          if (upper == null || upper.stat(name).isEmpty()) {
            entry(null, below, name, shown.stat(), selection.below(name), place);
          }
        });
  }

  private void entry(
      LayerDirectory upper,
      MergedDirectory below,
      Name name,
      EntryStat stat,
      Selection selection,
      Place place)
      throws IOException {
    if (selection.isNothing()) {
      tally.add(MergeAction.KEPT, place, name);
    } else if (stat.isDirectory()) {
      try (LayerDirectory inner = upper == null ? null : upper.open(name);
          MergedDirectory innerBelow =
              upper == null ? below.open(name) : below.below(upper, name)) {
        merged(inner, innerBelow, selection, place.in(name));
      }
      tally.add(MergeAction.ADDED, place, name);
    } else {
      tally.moved(MergeAction.ADDED, place, name, stat);
    }
  }
}
