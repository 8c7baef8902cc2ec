package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.OrphanWhiteouts;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.MergeSelection;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;

/** Merges a directory of the upper entry by entry, and then the directory itself. */
final class MergedEntries implements TreeWalk.Step {
  /** How often a directory is gone through again that should be empty by then. */
  private static final int TRIES = 10;

  private final MergeRun run;
  private final MergeWalk walk;
  private final MergeLevel level;
  private final Name name;
  private final MergeSelection selection;
  private final DirectoryCase dir;
  private final EntryStat before;
  private final boolean holds;
  private final DirectoryTasks joins;
  private LayerDirectory upper;
  private LayerDirectory lower;
  private MergedDirectory below;
  private OtherViews others;
  private MergeLevel inner;
  private MergeChildren children;
  private int tries;

  /**
   * Prepares it.
   *
   * @param level the directory that it is in
   * @param before what it was before the merge
   * @param holds whether the lower still holds something in it; of that a dry run looks at nothing
   *     that would have been removed by then
   * @param joins told what has come of it
   */
  MergedEntries(
      MergeRun run,
      MergeWalk walk,
      MergeLevel level,
      Name name,
      MergeSelection selection,
      DirectoryCase dir,
      EntryStat before,
      boolean holds,
      DirectoryTasks joins) {
    this.run = run;
    this.walk = walk;
    this.level = level;
    this.name = name;
    this.selection = selection;
    this.dir = dir;
    this.before = before;
    this.holds = holds;
    this.joins = joins;
  }

  @Override
  public TreeWalk.Step nextStep() throws IOException {
    if (children == null) {
      open();
      children = walk.mergeChildren(inner);
      return children;
    }
    boolean gone = tries == 0 ? mayGo() : children.anyGone();
    if (!gone || tries == TRIES) {
      finishDirectory(false);
      return null;
    }
    tries++;
    try {
      run.changes().removeDirectory(level.upper(), name);
    } catch (DirectoryNotEmptyException e) {
      // Some file systems leave entries out of a listing while others are removed.
      children = walk.mergeChildren(inner.onceMore());
      return children;
    }
    finishDirectory(true);
    return null;
  }

  private void open() throws IOException {
    boolean real = holds || !run.changes().dryRun();
    upper = level.upper().open(name);
    lower = real ? level.lower().open(name) : null;
    below = openBelow(real);
    others = level.others() == null ? null : level.others().open(name);
    inner =
        new MergeLevel(
            upper,
            lower,
            below,
            selection,
            others,
            level.place().placeIn(name),
            false,
            run.marks(),
            level.crossing().crossingBelow(upper, lower, run));
  }

  private MergedDirectory openBelow(boolean real) throws IOException {
    if (real && level.lower() != null) {
      return level.below().below(level.lower(), name);
    }
    return dir.keepsOpaque() || dir.opaque() ? level.below().nothing() : level.below().open(name);
  }

  /** Merges the directory itself, and tells whether the upper's is to go. */
  private boolean mayGo() throws IOException {
    boolean gone = children.areGone();
    if ((gone || inner.copiesEntries()) && selection.takesEntry() && showsLowerAlone()) {
      OrphanWhiteouts.removeOrphans(run.changes(), lower, run.marks());
    }
    if (selection.takesEntry() || !dir.goesOntoDirectory()) {
      run.changes().copyAttributes(level.upper(), name, before, level.lower(), name);
      run.changes().protectEntry(level.lower(), name, run.protectionOf(level.upper(), name));
    }
    if (inner.copiesEntries()) {
      inner.crossing().endDirectory(inner, run);
      gone = !run.changes().dryRun();
    }
    return gone && selection.takesEntry();
  }

  /** Whether the view has only the lower's directory once the upper's is gone. */
  private boolean showsLowerAlone() {
    return dir.goesOntoDirectory() && lower != null && !run.changes().dryRun() && below.isNothing();
  }

  private void finishDirectory(boolean gone) throws IOException {
    if (!gone && !run.changes().dryRun()) {
      run.times().restoreTime(level.upper(), name, before);
    }
    run.tally()
        .countAction(
            dir.goesOntoDirectory() ? MergeAction.UPDATED : MergeAction.ADDED, level.place(), name);
    joins.countTaken(gone);
  }

  @Override
  public void close() throws IOException {
    LayerDirectory openUpper = upper;
    LayerDirectory openLower = lower;
    MergedDirectory openBelow = below;
    OtherViews openOthers = others;
    try (openUpper;
        openLower;
        openBelow;
        openOthers) {
      if (inner != null) {
        inner.crossing().close(inner, run);
      }
    }
  }
}
