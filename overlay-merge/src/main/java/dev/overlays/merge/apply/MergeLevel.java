package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.util.Optional;

/**
 * One directory of the view while it is merged.
 *
 * @param upper the upper's
 * @param lower the lower's; null in a dry run, where it would only have been created
 * @param below what the layers below the lower show there
 * @param selection which entries are merged
 * @param others what the other instances have there; null where there are none to ask
 * @param place where it is
 * @param again whether all of it has been gone through before
 * @param marks where marks are kept
 * @param crossing how entries get into the lower
 */
record MergeLevel(
    LayerDirectory upper,
    LayerDirectory lower,
    MergedDirectory below,
    MergeSelection selection,
    OtherViews others,
    ViewPlace place,
    boolean again,
    MarkNamespace marks,
    LayerCrossing crossing) {

  /** Counts an entry that stays in the upper, the first time that it is gone through. */
  void countKept(MergeTally tally, Name name) {
    if (!again) {
      tally.countKept(place, name);
    }
  }

  /** Whether entries get into the lower by copies. */
  boolean copiesEntries() {
    return crossing.copiesEntries();
  }

  /** The same for another time. */
  MergeLevel onceMore() {
    return new MergeLevel(upper, lower, below, selection, others, place, true, marks, crossing);
  }

  /** What the lowers show under a name. */
  private Optional<EntryStat> shownByLowers(Name name) throws IOException {
    Optional<EntryStat> top = lower == null ? Optional.empty() : lower.stat(name);
    if (top.isEmpty()) {
      return below.find(name).map(MergedDirectory.ShownEntry::stat);
    }
    return LayerEntries.isWhiteout(lower, name, top.get(), marks) ? Optional.empty() : top;
  }

  /** Whether a whiteout stays in the upper, since not all instances have deleted what it hides. */
  boolean keepsWhiteout(Name name) throws IOException {
    return others != null && !LowerStaging.isName(name) && !others.allDelete(name);
  }

  /**
   * Whether an entry stays in the upper, since others still show what the lowers have there, and
   * that would be deleted: a directory for the sake of something else, or the other way round.
   */
  boolean keepsEntry(Name name) throws IOException {
    if (others == null) {
      return false;
    }
    Optional<EntryStat> old = shownByLowers(name);
    return old.isPresent()
        && old.get().isDirectory() != LayerEntries.present(upper, name).isDirectory()
        && !others.noneShowsLower(name);
  }

  /** Whether the lowers have a directory that must not be emptied, since others show one, too. */
  boolean isShared(Name name) throws IOException {
    return others != null
        && shownByLowers(name).filter(EntryStat::isDirectory).isPresent()
        && !others.allDelete(name);
  }
}
