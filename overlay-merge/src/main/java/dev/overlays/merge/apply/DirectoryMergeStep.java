package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.OrphanWhiteouts;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.EntrySelection;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;

/** Merges the entries of an upper's directory, and then the directory itself. */
final class DirectoryMergeStep implements TreeWalk.WalkStep {
  /** How often a directory is gone through again because it is not empty. */
  private static final int MOST_PASSES = 10;

  private final MergeRun run;
  private final MergeWalk walk;
  private final MergeLevel level;
  private final Name name;
  private final EntrySelection selection;
  private final LowerCounterpart dir;
  private final EntryStat before;
  private final boolean lowerHoldsEntries;
  private final DirectoryTasks joins;
  private LayerDirectory upper;
  private LayerDirectory lower;
  private MergedDirectory below;
  private OtherInstanceViews others;
  private MergeLevel inner;
  private ChildrenMergeStep children;
  private int passes;

  /**
   * Prepares the step.
   *
   * @param level the directory around it
   * @param before the state of the directory before the merge
   * @param holds whether the lower's directory still has entries; a dry run ignores those that
   *     would have been removed by then
   * @param joins the tasks that receive the outcome
   */
  DirectoryMergeStep(
      MergeRun run,
      MergeWalk walk,
      MergeLevel level,
      Name name,
      EntrySelection selection,
      LowerCounterpart dir,
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
    this.lowerHoldsEntries = holds;
    this.joins = joins;
  }

  @Override
  public TreeWalk.WalkStep nextStep() throws IOException {
    if (children == null) {
      openDirectories();
      children = walk.childrenStep(inner);
      return children;
    }
    if (passes == 0) {
      mergeAttributes();
      if (inner.usesCopies() && inner.transfer().mayFinishLater()) {
        finishLater();
        return null;
      }
    }
    boolean gone = passes == 0 ? finishCopies() : children.anyGone();
    if (!gone || passes == MOST_PASSES) {
      finishDirectory(false);
      return null;
    }
    passes++;
    try {
      run.changes().removeDirectory(level.upper(), name);
    } catch (DirectoryNotEmptyException e) {
      // Some file systems skip entries of a listing while others are removed.
      children = walk.childrenStep(inner.forNextPass());
      return children;
    }
    finishDirectory(true);
    return null;
  }

  private void openDirectories() throws IOException {
    boolean real = lowerHoldsEntries || !run.changes().isDryRun();
    upper = level.upper().open(name);
    lower = real ? level.lower().open(name) : null;
    below = openBelow(real);
    others = level.others().openDirectory(name);
    inner =
        new MergeLevel(
            upper,
            lower,
            below,
            selection,
            others,
            level.place().resolveChild(name),
            false,
            run.marks(),
            level.transfer().transferBelow(upper, lower, run));
  }

  private MergedDirectory openBelow(boolean real) throws IOException {
    if (real && level.lower() != null) {
      return level.below().below(level.lower(), name);
    }
    return dir.keepsOpaque() || dir.isOpaque()
        ? level.below().emptyDirectory()
        : level.below().openMerged(name);
  }

  /** Merges the attributes of the directory. */
  private void mergeAttributes() throws IOException {
    if ((children.allGone() || inner.usesCopies()) && selection.takesEntry() && showsLowerAlone()) {
      OrphanWhiteouts.removeFrom(run.changes(), lower, run.marks());
    }
    if (selection.takesEntry() || !dir.meetsDirectory()) {
      run.changes().copyAttributes(level.upper(), name, before, level.lower(), name);
      run.changes().setProtection(level.lower(), name, run.protectionOf(level.upper(), name));
    }
  }

  /** Finishes copies at once, and returns whether the upper's directory can be removed. */
  private boolean finishCopies() throws IOException {
    boolean gone = children.allGone();
    if (inner.usesCopies()) {
      inner.transfer().finishCopies(inner, run);
      gone = !run.changes().isDryRun();
    }
    return gone && selection.takesEntry();
  }

  /** Hands the upper's directory over to those that wait for a sync of the lower. */
  private void finishLater() throws IOException {
    LayerDirectory openUpper = upper;
    // What other instances show decides about each entry again, and that needs the lower.
    LayerDirectory openLower = level.hasOthers() ? lower : null;
    MergedDirectory openBelow = below;
    OtherInstanceViews openOthers = others;
    Closeable handles =
        () -> {
          try (openUpper;
              openLower;
              openBelow;
              openOthers) {
            // Closes them all, even if one of them throws.
          }
        };
    CopiedDirectory copied =
        new CopiedDirectory(
            run, level, name, inner, selection.takesEntry(), this::finishDirectory, handles);
    upper = null;
    lower = openLower == null ? lower : null;
    below = null;
    others = null;
    inner.transfer().syncQueue().addChange(copied);
  }

  /** Whether the view shows the lower's directory alone once the upper's is gone. */
  private boolean showsLowerAlone() {
    return dir.meetsDirectory()
        && lower != null
        && !run.changes().isDryRun()
        && below.isInNoLayer();
  }

  private void finishDirectory(boolean gone) throws IOException {
    if (!gone && !run.changes().isDryRun()) {
      run.times().restoreTime(level.upper(), name, before);
    }
    run.tally()
        .countAction(
            dir.meetsDirectory() ? MergeAction.UPDATED : MergeAction.ADDED, level.place(), name);
    joins.recordOutcome(gone);
  }

  @Override
  public void close() throws IOException {
    LayerDirectory openUpper = upper;
    LayerDirectory openLower = lower;
    MergedDirectory openBelow = below;
    OtherInstanceViews openOthers = others;
    try (openUpper;
        openLower;
        openBelow;
        openOthers) {
      if (inner != null) {
        inner.transfer().removeStaging(inner, run);
      }
    }
  }
}
