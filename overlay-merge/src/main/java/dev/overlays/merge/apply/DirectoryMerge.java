package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.MergeSelection;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/**
 * Merges one directory of the upper: as a whole, where nothing of the layers below shows in it and
 * all of it is to go, otherwise entry by entry.
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

  /** Merges a directory, or returns what is to be walked through for that. */
  TreeWalk.Step beginDirectory(
      MergeLevel level, Name name, MergeSelection inner, DirectoryTasks joins) throws IOException {
    DirectoryCase dir = DirectoryCase.of(level, name, run.marks());
    if (level.keepsEntry(name)) {
      level.countKept(run.tally(), name);
      joins.countKept();
      return null;
    }
    boolean shared = level.isShared(name);
    boolean onOther = dir.goesOntoDirectory() && dir.stat().device() != dir.old().device();
    boolean whole =
        inner.isAll()
            && run.method() == MergeRun.CrossingMethod.RENAMES
            && !level.copiesEntries()
            && !onOther;
    if (preview.isRenamed(level, name)) {
      previewRenamed(level, name, inner, dir, whole);
      joins.countTaken(true);
      return null;
    }
    if (whole && !dir.merges() && !(shared && dir.opaque())) {
      if (movesWhole(level, name, dir)) {
        joins.countTaken(true);
        return null;
      }
      dir = DirectoryCase.of(level, name, run.marks());
    }
    return mergeEntries(level, name, inner, dir, shared || !inner.takesEntry(), joins);
  }

  /** Moves a directory, or tells that nothing can be moved from here to there. */
  private boolean movesWhole(MergeLevel level, Name name, DirectoryCase dir) throws IOException {
    if (dir.keepsOpaque() && !dir.opaque()) {
      run.changes().makeOpaque(level.upper(), name);
    }
    if (dir.goesOntoDirectory()) {
      removal.clearDirectory(level.lower(), name, level.place());
    } else if (dir.old() != null) {
      removeOld(level, name, dir);
    }
    try {
      move.moveTree(level, name, dir.stat(), dir.keepsOpaque());
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      level.crossing().foundBoundary(run);
      return false;
    }
  }

  /** What a dry run tells of a directory that a merge would have made whole and opaque by then. */
  private void previewRenamed(
      MergeLevel level, Name name, MergeSelection inner, DirectoryCase dir, boolean whole)
      throws IOException {
    if (dir.goesOntoDirectory()) {
      removal.emptyDirectory(level.lower(), name, level.place());
    } else if (dir.old() != null) {
      removeOld(level, name, dir);
    }
    preview.previewInside(level, name, inner);
    MergeAction action =
        dir.goesOntoDirectory() && !whole ? MergeAction.UPDATED : MergeAction.ADDED;
    run.tally().countAction(action, level.place(), name);
  }

  private void removeOld(MergeLevel level, Name name, DirectoryCase dir) throws IOException {
    if (dir.oldHides()) {
      run.changes().removeEntry(level.lower(), name);
    } else {
      removal.removeEntry(level.lower(), name, dir.old().type(), level.place());
    }
  }

  private TreeWalk.Step mergeEntries(
      MergeLevel level,
      Name name,
      MergeSelection inner,
      DirectoryCase dir,
      boolean expands,
      DirectoryTasks joins)
      throws IOException {
    EntryStat before = run.times().rememberTime(level.upper(), name, dir.stat());
    boolean opaque = dir.opaque();
    boolean copies =
        level.copiesEntries()
            || (dir.goesOntoDirectory() && dir.stat().device() != dir.old().device());
    if (!dir.goesOntoDirectory() || opaque) {
      removeMarks(level.upper(), name);
    }
    if (!dir.goesOntoDirectory() && opaque && expands && dir.keepsOpaque() && !dir.oldHides()) {
      run.changes().createDirectory(level.lower(), name);
      expansion.expandOpaque(level, name);
      opaque = false;
    } else if (!dir.goesOntoDirectory()) {
      if (dir.keepsOpaque() && !opaque) {
        run.changes().makeOpaque(level.upper(), name);
        if (copies) {
          // It has to hide what shows when only the lower's change lasts.
          run.changes().syncDirectory(level.upper());
        }
        opaque = true;
      }
      if (dir.old() != null) {
        removeOld(level, name, dir);
      }
      run.changes().createDirectory(level.lower(), name);
    } else if (opaque && expands) {
      expansion.expandOpaque(level, name);
      opaque = false;
    } else if (opaque) {
      removal.emptyAndFree(level.lower(), name, level.place());
    }
    if (opaque && dir.keepsOpaque()) {
      run.changes().makeOpaque(level.lower(), name);
    }
    if (opaque) {
      if (copies && dir.old() != null) {
        // What has been deleted here must not come back when only the upper's change lasts.
        run.changes().syncDirectory(level.lower());
      }
      run.changes().makeTransparent(level.upper(), name);
    }
    boolean holds = dir.goesOntoDirectory() && (!dir.opaque() || expands);
    return new MergedEntries(run, walk, level, name, inner, dir, before, holds, joins);
  }

  /**
   * A view with {@code nfs_export} does not merge a directory with another one than it was copied
   * up from, as the lower's is that is made now; without the mark it does. Source: the kernel's
   * fs/overlayfs/namei.c, {@code ovl_fix_origin}.
   */
  private void removeMarks(LayerDirectory upper, Name name) throws IOException {
    if (upper.xattr(name, Mark.ORIGIN.xattr(run.marks())).isPresent()) {
      run.changes().removeMark(upper, name, Mark.ORIGIN);
    }
  }
}
