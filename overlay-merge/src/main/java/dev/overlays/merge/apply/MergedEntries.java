package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.OrphanWhiteouts;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.Joins;
import dev.overlays.merge.run.Selection;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;

/** Merges the entries of an upper's directory, and then the directory itself. */
final class MergedEntries implements TreeWalk.Step {
  /** How often a directory is gone through again because it is not empty. */
  private static final int TRIES = 10;

  private final Run run;
  private final MergeWalk walk;
  private final Level level;
  private final Name name;
  private final Selection selection;
  private final DirectoryCase dir;
  private final EntryStat before;
  private final boolean holds;
  private final Joins joins;
  private LayerDirectory upper;
  private LayerDirectory lower;
  private MergedDirectory below;
  private OtherViews others;
  private Level inner;
  private MergeChildren children;
  private int tries;

  /**
   * Prepares the step.
   *
   * @param level the directory around it
   * @param before the state of the directory before the merge
   * @param holds whether the lower's directory still has entries; a dry run ignores those that
   *     would have been removed by then
   * @param joins the tasks that receive the outcome
   */
  MergedEntries(
      Run run,
      MergeWalk walk,
      Level level,
      Name name,
      Selection selection,
      DirectoryCase dir,
      EntryStat before,
      boolean holds,
      Joins joins) {
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
  public TreeWalk.Step advance() throws IOException {
    if (children == null) {
      open();
      children = walk.children(inner);
      return children;
    }
    boolean gone = tries == 0 ? mayGo() : children.anyGone();
    if (!gone || tries == TRIES) {
      ended(false);
      return null;
    }
    tries++;
    try {
      run.changes().removeDirectory(level.upper(), name);
    } catch (DirectoryNotEmptyException e) {
      // Some file systems skip entries of a listing while others are removed.
      children = walk.children(inner.onceMore());
      return children;
    }
    ended(true);
    return null;
  }

  private void open() throws IOException {
    boolean real = holds || !run.changes().dryRun();
    upper = level.upper().open(name);
    lower = real ? level.lower().open(name) : null;
    below = below(real);
    others = level.others().open(name);
    inner =
        new Level(
            upper,
            lower,
            below,
            selection,
            others,
            level.place().in(name),
            false,
            run.marks(),
            level.crossing().below(upper, lower, run));
  }

  private MergedDirectory below(boolean real) throws IOException {
    if (real && level.lower() != null) {
      return level.below().below(level.lower(), name);
    }
    return dir.keepsOpaque() || dir.opaque() ? level.below().nothing() : level.below().open(name);
  }

  /** Merges the attributes of the directory, and returns whether the upper's can be removed. */
  private boolean mayGo() throws IOException {
    boolean gone = children.areGone();
    if ((gone || inner.copies()) && selection.takesEntry() && showsLowerAlone()) {
      OrphanWhiteouts.remove(run.changes(), lower, run.marks());
    }
    if (selection.takesEntry() || !dir.onto()) {
      run.changes().copyAttributes(level.upper(), name, before, level.lower(), name);
      run.changes().protect(level.lower(), name, run.protection(level.upper(), name));
    }
    if (inner.copies()) {
      inner.crossing().end(inner, run);
      gone = !run.changes().dryRun();
    }
    return gone && selection.takesEntry();
  }

  /** Whether the view shows the lower's directory alone once the upper's is gone. */
  private boolean showsLowerAlone() {
    return dir.onto() && lower != null && !run.changes().dryRun() && below.isNothing();
  }

  private void ended(boolean gone) throws IOException {
    if (!gone && !run.changes().dryRun()) {
      run.times().restore(level.upper(), name, before);
    }
    run.tally().add(dir.onto() ? MergeAction.UPDATED : MergeAction.ADDED, level.place(), name);
    joins.took(gone);
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
