package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.util.Optional;

/**
 * One directory of the view during the merge.
 *
 * @param upper the directory of the upper
 * @param lower the directory of the lower; null in a dry run that would have created it
 * @param below what the layers below the lower show at this place
 * @param selection the entries that are merged
 * @param others what the other instances show at this place
 * @param place the place of the directory
 * @param isNextPass whether all entries have been gone through before
 * @param marks the namespace of the marks
 * @param transfer how entries get into the lower
 */
record MergeLevel(
    LayerDirectory upper,
    LayerDirectory lower,
    MergedDirectory below,
    EntrySelection selection,
    OtherInstanceViews others,
    TreePlace place,
    boolean isNextPass,
    MarkNamespace marks,
    EntryTransfer transfer) {

  /** Counts an entry that stays in the upper, in the first pass only. */
  void countKept(MergeTally tally, Name name) {
    if (!isNextPass) {
      tally.countKept(place, name);
    }
  }

  /** Whether entries get into the lower by copies. */
  boolean usesCopies() {
    return transfer.usesCopies();
  }

  /** Whether other instances may keep entries in the upper. */
  boolean hasOthers() {
    return others != OtherInstanceViews.IGNORED;
  }

  /** Returns this level for another pass. */
  MergeLevel forNextPass() {
    return new MergeLevel(upper, lower, below, selection, others, place, true, marks, transfer);
  }

  /** Returns what the lowers show under a name. */
  private Optional<EntryStat> statInLowers(Name name) throws IOException {
    Optional<EntryStat> top = lower == null ? Optional.empty() : lower.stat(name);
    if (top.isEmpty()) {
      return below.findShown(name).map(MergedDirectory.ShownEntry::stat);
    }
    return LayerEntries.isWhiteout(lower, name, top.get(), marks) ? Optional.empty() : top;
  }

  /**
   * Whether a whiteout stays in the upper because other instances still show something under the
   * name.
   */
  boolean keepsWhiteout(Name name) throws IOException {
    return hasOthers() && !LowerStaging.isStagingName(name) && !others.allDelete(name);
  }

  /**
   * Whether an entry stays in the upper because it would replace a directory by another type of
   * entry, or the other way round, and other instances still show what the lowers have there.
   */
  boolean keepsEntry(Name name) throws IOException {
    if (!hasOthers()) {
      return false;
    }
    Optional<EntryStat> old = statInLowers(name);
    return old.isPresent()
        && old.get().isDirectory() != LayerEntries.requireStat(upper, name).isDirectory()
        && !others.noneShowsLower(name);
  }

  /**
   * Whether the lowers have a directory that must not be emptied because other instances show
   * something under the name.
   */
  boolean sharesDirectory(Name name) throws IOException {
    return hasOthers()
        && statInLowers(name).filter(EntryStat::isDirectory).isPresent()
        && !others.allDelete(name);
  }
}
