package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.merge.survey.RenamedEntry;
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
  private final MergeTally tally;
  private final Map<ViewPlace, RenamedEntry> byPath = new HashMap<>();

  /** Only a dry run needs to know what was renamed; a merge has made it whole by then. */
  RenamedPreview(LayerRoots lowers, MergeTally tally, List<RenamedEntry> renamed) {
    this.lowers = lowers;
    this.tally = tally;
    for (RenamedEntry entry : renamed) {
      if (entry.directory()) {
        byPath.put(entry.path(), entry);
      }
    }
  }

  boolean isRenamed(MergeLevel level, Name name) {
    return !byPath.isEmpty() && byPath.containsKey(level.place().placeIn(name));
  }

  /** Counts everything in a renamed directory. */
  void previewInside(MergeLevel level, Name name, MergeSelection selection) throws IOException {
    ViewPlace place = level.place().placeIn(name);
    RenamedEntry entry = byPath.get(place);
    MergedDirectory below =
        entry.source() == null
            ? MergedDirectory.nothing(lowers)
            : lowers.root().open(entry.source().redirectHere());
    TreeWalk.run(new MergedStep(level.upper(), below, selection, place, false));
  }

  /** Counts what is in a directory. */
  private final class MergedStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final MergedDirectory below;
    private final MergeSelection selection;
    private final ViewPlace place;
    private final boolean countsItself;
    private LayerDirectory upper;
    private EntryCursor own;
    private MergedDirectory.ShownCursor shown;

    /** The upper's parent is null where it has no such directory. What is below belongs to this. */
    MergedStep(
        LayerDirectory parent,
        MergedDirectory below,
        MergeSelection selection,
        ViewPlace place,
        boolean countsItself) {
      this.parent = parent;
      this.below = below;
      this.countsItself = countsItself;
      this.selection = selection;
      this.place = place;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (shown == null) {
        upper = parent == null ? null : parent.open(place.name());
        own = upper == null ? () -> null : upper.entries();
        shown = below.entries();
      }
      TreeWalk.Step inner = nextOwn();
      inner = inner == null ? nextShown() : inner;
      if (inner == null && countsItself) {
        tally.countAction(MergeAction.ADDED, place.parent(), place.name());
      }
      return inner;
    }

    private TreeWalk.Step nextOwn() throws IOException {
      for (LayerEntry entry = own.next(); entry != null; entry = own.next()) {
        Name name = entry.name();
        EntryStat stat = LayerEntries.present(upper, name);
        boolean hides = LayerEntries.isWhiteout(upper, name, stat, lowers.marks());
        TreeWalk.Step inner = hides ? null : previewEntry(upper, name, stat);
        if (inner != null) {
          return inner;
        }
      }
      own = () -> null;
      return null;
    }

    private TreeWalk.Step nextShown() throws IOException {
      for (MergedDirectory.ShownEntry next = shown.next(); next != null; next = shown.next()) {
        boolean hidden = upper != null && upper.stat(next.name()).isPresent();
        TreeWalk.Step inner = hidden ? null : previewEntry(null, next.name(), next.stat());
        if (inner != null) {
          return inner;
        }
      }
      return null;
    }

    private TreeWalk.Step previewEntry(LayerDirectory directory, Name name, EntryStat stat)
        throws IOException {
      MergeSelection taken = selection.selectionBelow(name);
      if (taken.isNothing()) {
        tally.countAction(MergeAction.KEPT, place, name);
      } else if (stat.isDirectory()) {
        MergedDirectory merged =
            directory == null ? below.open(name) : below.below(directory, name);
        return new MergedStep(directory, merged, taken, place.placeIn(name), true);
      } else {
        tally.countMoved(MergeAction.ADDED, place, name, stat);
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      LayerDirectory opened = upper;
      try (opened;
          below) {
        // Only to close both, whatever one of them throws.
      }
    }
  }
}
