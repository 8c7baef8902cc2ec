package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.EntrySelection;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/**
 * Merges one directory of the upper: as a whole if nothing of the layers below shows in it and all
 * of it is merged, otherwise entry by entry.
 */
final class DirectoryMerge {
  private final MergeRun run;
  private final LowerRemoval removal;
  private final TreeMove move;
  private final OpaqueExpansion expansion;
  private final RenamedPreview preview;
  private final MergeWalk walk;

  DirectoryMerge(MergeRun run, LowerRemoval removal, RenamedPreview preview, MergeWalk walk) {
    this.run = run;
    this.removal = removal;
    this.preview = preview;
    this.walk = walk;
    move = new TreeMove(run);
    expansion = new OpaqueExpansion(run);
  }

  /** Merges a directory, or returns the step that does. */
  TreeWalk.WalkStep beginDirectory(
      MergeLevel level, Name name, EntrySelection inner, DirectoryTasks joins) throws IOException {
    LowerCounterpart dir = LowerCounterpart.of(level, name, run.marks());
    if (level.keepsEntry(name)) {
      level.countKept(run.tally(), name);
      joins.recordKept();
      return null;
    }
    boolean shared = level.sharesDirectory(name);
    boolean onOther = dir.meetsDirectory() && dir.stat().device() != dir.lowerStat().device();
    boolean whole =
        inner.takesAll()
            && run.method() == MergeRun.TransferMethod.RENAMES
            && !level.usesCopies()
            && !onOther;
    if (preview.isRenamed(level, name)) {
      previewRenamed(level, name, inner, dir, whole);
      joins.recordOutcome(true);
      return null;
    }
    if (whole && !dir.mergesLower() && !(shared && dir.isOpaque())) {
      if (moveWhole(level, name, dir)) {
        joins.recordOutcome(true);
        return null;
      }
      dir = LowerCounterpart.of(level, name, run.marks());
    }
    return beginEntries(level, name, inner, dir, shared || !inner.takesEntry(), joins);
  }

  /** Moves a directory as a whole. Returns false if renames are refused. */
  private boolean moveWhole(MergeLevel level, Name name, LowerCounterpart dir) throws IOException {
    if (dir.keepsOpaque() && !dir.isOpaque()) {
      run.changes().makeOpaque(level.upper(), name);
    }
    if (dir.meetsDirectory()) {
      removal.clearDirectory(level.lower(), name, level.place());
    } else if (dir.lowerStat() != null) {
      removeLowerEntry(level, name, dir);
    }
    try {
      move.moveTree(level, name, dir.stat(), dir.keepsOpaque());
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      level.transfer().switchToCopies(run);
      return false;
    }
  }

  /**
   * Counts, in a dry run, a renamed directory that a merge would have completed and made opaque by
   * then.
   */
  private void previewRenamed(
      MergeLevel level, Name name, EntrySelection inner, LowerCounterpart dir, boolean whole)
      throws IOException {
    if (dir.meetsDirectory()) {
      removal.emptyDirectory(level.lower(), name, level.place());
    } else if (dir.lowerStat() != null) {
      removeLowerEntry(level, name, dir);
    }
    preview.countInside(level, name, inner);
    MergeAction action = dir.meetsDirectory() && !whole ? MergeAction.UPDATED : MergeAction.ADDED;
    run.tally().countAction(action, level.place(), name);
  }

  private void removeLowerEntry(MergeLevel level, Name name, LowerCounterpart dir)
      throws IOException {
    if (dir.lowerIsWhiteout()) {
      run.changes().removeEntry(level.lower(), name);
    } else {
      removal.removeEntry(level.lower(), name, dir.lowerStat().type(), level.place());
    }
  }

  private TreeWalk.WalkStep beginEntries(
      MergeLevel level,
      Name name,
      EntrySelection inner,
      LowerCounterpart dir,
      boolean expands,
      DirectoryTasks joins)
      throws IOException {
    EntryStat before = run.times().rememberTime(level.upper(), name, dir.stat());
    boolean opaque = dir.isOpaque();
    boolean copies =
        level.usesCopies()
            || (dir.meetsDirectory() && dir.stat().device() != dir.lowerStat().device());
    if (!dir.meetsDirectory() || opaque) {
      removeOriginMark(level.upper(), name);
    }
    if (!dir.meetsDirectory() && opaque && expands && dir.keepsOpaque() && !dir.lowerIsWhiteout()) {
      run.changes().createDirectory(level.lower(), name);
      expansion.expandToWhiteouts(level, name);
      opaque = false;
    } else if (!dir.meetsDirectory()) {
      if (dir.keepsOpaque() && !opaque) {
        run.changes().makeOpaque(level.upper(), name);
        if (copies) {
          // The mark has to be durable before the lower's change is.
          run.changes().syncFileSystem(level.upper());
        }
        opaque = true;
      }
      if (dir.lowerStat() != null) {
        removeLowerEntry(level, name, dir);
      }
      run.changes().createDirectory(level.lower(), name);
    } else if (opaque && expands) {
      expansion.expandToWhiteouts(level, name);
      opaque = false;
    } else if (opaque) {
      removal.emptyAndRemoveMarks(level.lower(), name, level.place());
    }
    if (opaque && dir.keepsOpaque()) {
      run.changes().makeOpaque(level.lower(), name);
    }
    if (opaque) {
      level.transfer().makeTransparent(level, name, run, copies && dir.lowerStat() != null);
    }
    boolean holds = dir.meetsDirectory() && (!dir.isOpaque() || expands);
    return new DirectoryMergeStep(run, walk, level, name, inner, dir, before, holds, joins);
  }

  /**
   * Removes the mark of origin. With it, a view with {@code nfs_export} would not merge the
   * directory with the lower's that is created now. Source: the kernel's fs/overlayfs/namei.c,
   * {@code ovl_fix_origin}.
   */
  private void removeOriginMark(LayerDirectory upper, Name name) throws IOException {
    if (upper.xattr(name, Mark.ORIGIN.xattr(run.marks())).isPresent()) {
      run.changes().removeMark(upper, name, Mark.ORIGIN);
    }
  }
}
