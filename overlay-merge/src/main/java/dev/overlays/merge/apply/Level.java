package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Tally;
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
 * @param again whether all entries have been gone through before
 * @param marks the namespace of the marks
 * @param crossing how entries get into the lower
 */
record Level(
    LayerDirectory upper,
    LayerDirectory lower,
    MergedDirectory below,
    Selection selection,
    OtherViews others,
    Place place,
    boolean again,
    MarkNamespace marks,
    Crossing crossing) {

  /** Counts an entry that stays in the upper, in the first pass only. */
  void countKept(Tally tally, Name name) {
    if (!again) {
      tally.kept(place, name);
    }
  }

  /** Whether entries get into the lower by copies. */
  boolean copies() {
    return crossing.copies();
  }

  /** Whether other instances may keep entries in the upper. */
  boolean asksOthers() {
    return others != OtherViews.IGNORED;
  }

  /** Returns this level for another pass. */
  Level onceMore() {
    return new Level(upper, lower, below, selection, others, place, true, marks, crossing);
  }

  /** Returns what the lowers show under a name. */
  private Optional<EntryStat> shown(Name name) throws IOException {
    Optional<EntryStat> top = lower == null ? Optional.empty() : lower.stat(name);
    if (top.isEmpty()) {
      return below.find(name).map(MergedDirectory.Shown::stat);
    }
    return LayerEntries.isWhiteout(lower, name, top.get(), marks) ? Optional.empty() : top;
  }

  /**
   * Whether a whiteout stays in the upper because other instances still show something under the
   * name.
   */
  boolean keepsWhiteout(Name name) throws IOException {
    return asksOthers() && !LowerStaging.isName(name) && !others.allDelete(name);
  }

  /**
   * Whether an entry stays in the upper because it would replace a directory by another type of
   * entry, or the other way round, and other instances still show what the lowers have there.
   */
  boolean keeps(Name name) throws IOException {
    if (!asksOthers()) {
      return false;
    }
    Optional<EntryStat> old = shown(name);
    return old.isPresent()
        && old.get().isDirectory() != LayerEntries.present(upper, name).isDirectory()
        && !others.noneShowsLower(name);
  }

  /**
   * Whether the lowers have a directory that must not be emptied because other instances show
   * something under the name.
   */
  boolean isShared(Name name) throws IOException {
    return asksOthers()
        && shown(name).filter(EntryStat::isDirectory).isPresent()
        && !others.allDelete(name);
  }
}
