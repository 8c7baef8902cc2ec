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
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.survey.RenamedEntry;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts, in a dry run, the entries of the upper's renamed directories. A merge pulls up what they
 * show of the lower, and then moves them as a whole.
 */
final class RenamedPreview {
  private final LayerRoots lowers;
  private final MergeTally tally;
  private final Map<TreePlace, RenamedEntry> byPath = new HashMap<>();

  /** Only a dry run passes renamed entries. A merge has completed them before. */
  RenamedPreview(LayerRoots lowers, MergeTally tally, List<RenamedEntry> renamed) {
    this.lowers = lowers;
    this.tally = tally;
    for (RenamedEntry entry : renamed) {
      if (entry.isDirectory()) {
        byPath.put(entry.path(), entry);
      }
    }
  }

  boolean isRenamed(MergeLevel level, Name name) {
    return !byPath.isEmpty() && byPath.containsKey(level.place().resolveChild(name));
  }

  /** Counts everything in a renamed directory. */
  void countInside(MergeLevel level, Name name, EntrySelection selection) throws IOException {
    TreePlace place = level.place().resolveChild(name);
    RenamedEntry entry = byPath.get(place);
    MergedDirectory below =
        entry.source() == null
            ? MergedDirectory.emptyDirectory(lowers)
            : lowers.mergedRoot().openMerged(entry.source().toRedirect());
    TreeWalk.run(new DirectoryCount(level.upper(), below, selection, place, false));
  }

  /** Counts the entries of a directory. */
  private final class DirectoryCount implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final MergedDirectory below;
    private final EntrySelection selection;
    private final TreePlace place;
    private final boolean countsItself;
    private LayerDirectory upper;
    private EntryCursor own;
    private MergedDirectory.ShownCursor shown;

    /**
     * The parent in the upper is null where the upper has no such directory. The step closes {@code
     * below}.
     */
    DirectoryCount(
        LayerDirectory parent,
        MergedDirectory below,
        EntrySelection selection,
        TreePlace place,
        boolean countsItself) {
      this.parent = parent;
      this.below = below;
      this.countsItself = countsItself;
      this.selection = selection;
      this.place = place;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (shown == null) {
        upper = parent == null ? null : parent.open(place.name());
        own = upper == null ? () -> null : upper.entries();
        shown = below.shownEntries();
      }
      TreeWalk.WalkStep inner = nextOwn();
      inner = inner == null ? nextShown() : inner;
      if (inner == null && countsItself) {
        tally.countAction(MergeAction.ADDED, place.parent(), place.name());
      }
      return inner;
    }

    private TreeWalk.WalkStep nextOwn() throws IOException {
      for (LayerEntry entry = own.next(); entry != null; entry = own.next()) {
        Name name = entry.name();
        EntryStat stat = LayerEntries.requireStat(upper, name);
        boolean hides = LayerEntries.isWhiteout(upper, name, stat, lowers.markNamespace());
        TreeWalk.WalkStep inner = hides ? null : countEntry(upper, name, stat);
        if (inner != null) {
          return inner;
        }
      }
      own = () -> null;
      return null;
    }

    private TreeWalk.WalkStep nextShown() throws IOException {
      for (MergedDirectory.ShownEntry next = shown.nextShown();
          next != null;
          next = shown.nextShown()) {
        boolean hidden = upper != null && upper.stat(next.name()).isPresent();
        TreeWalk.WalkStep inner = hidden ? null : countEntry(null, next.name(), next.stat());
        if (inner != null) {
          return inner;
        }
      }
      return null;
    }

    private TreeWalk.WalkStep countEntry(LayerDirectory directory, Name name, EntryStat stat)
        throws IOException {
      EntrySelection taken = selection.selectionBelow(name);
      if (taken.takesNothing()) {
        tally.countAction(MergeAction.KEPT, place, name);
      } else if (stat.isDirectory()) {
        MergedDirectory merged =
            directory == null ? below.openMerged(name) : below.below(directory, name);
        return new DirectoryCount(directory, merged, taken, place.resolveChild(name), true);
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
        // Closes both, even if one of them throws.
      }
    }
  }
}
