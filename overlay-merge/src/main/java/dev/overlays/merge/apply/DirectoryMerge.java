package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.Joins;
import dev.overlays.merge.run.Selection;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/**
 * Merges one directory of the upper: as a whole if nothing of the layers below shows in it and all
 * of it is merged, otherwise entry by entry.
 */
final class DirectoryMerge {
  private final Run run;
  private final LowerRemoval removal;
  private final TreeMove move;
  private final OpaqueExpansion expansion;
  private final RenamedPreview preview;
  private final MergeWalk walk;

  DirectoryMerge(Run run, LowerRemoval removal, RenamedPreview preview, MergeWalk walk) {
    this.run = run;
    this.removal = removal;
    this.preview = preview;
    this.walk = walk;
    move = new TreeMove(run);
    expansion = new OpaqueExpansion(run);
  }

  /** Merges a directory, or returns the step that does. */
  TreeWalk.Step begin(Level level, Name name, Selection inner, Joins joins) throws IOException {
    DirectoryCase dir = DirectoryCase.of(level, name, run.marks());
    if (level.keeps(name)) {
      level.countKept(run.tally(), name);
      joins.kept();
      return null;
    }
    boolean shared = level.isShared(name);
    boolean onOther = dir.onto() && dir.stat().device() != dir.old().device();
    boolean whole =
        inner.isAll() && run.method() == Run.Method.RENAMES && !level.copies() && !onOther;
    if (preview.isRenamed(level, name)) {
      renamed(level, name, inner, dir, whole);
      joins.took(true);
      return null;
    }
    if (whole && !dir.merges() && !(shared && dir.opaque())) {
      if (whole(level, name, dir)) {
        joins.took(true);
        return null;
      }
      dir = DirectoryCase.of(level, name, run.marks());
    }
    return entries(level, name, inner, dir, shared || !inner.takesEntry(), joins);
  }

  /** Moves a directory as a whole. Returns false if renames are refused. */
  private boolean whole(Level level, Name name, DirectoryCase dir) throws IOException {
    if (dir.keepsOpaque() && !dir.opaque()) {
      run.changes().makeOpaque(level.upper(), name);
    }
    if (dir.onto()) {
      removal.clear(level.lower(), name, level.place());
    } else if (dir.old() != null) {
      removeOld(level, name, dir);
    }
    try {
      move.move(level, name, dir.stat(), dir.keepsOpaque());
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      level.crossing().found(run);
      return false;
    }
  }

  /**
   * Counts, in a dry run, a renamed directory that a merge would have completed and made opaque by
   * then.
   */
  private void renamed(Level level, Name name, Selection inner, DirectoryCase dir, boolean whole)
      throws IOException {
    if (dir.onto()) {
      removal.empty(level.lower(), name, level.place());
    } else if (dir.old() != null) {
      removeOld(level, name, dir);
    }
    preview.inside(level, name, inner);
    MergeAction action = dir.onto() && !whole ? MergeAction.UPDATED : MergeAction.ADDED;
    run.tally().add(action, level.place(), name);
  }

  private void removeOld(Level level, Name name, DirectoryCase dir) throws IOException {
    if (dir.oldHides()) {
      run.changes().remove(level.lower(), name);
    } else {
      removal.remove(level.lower(), name, dir.old().type(), level.place());
    }
  }

  private TreeWalk.Step entries(
      Level level, Name name, Selection inner, DirectoryCase dir, boolean expands, Joins joins)
      throws IOException {
    EntryStat before = run.times().remember(level.upper(), name, dir.stat());
    boolean opaque = dir.opaque();
    boolean copies = level.copies() || (dir.onto() && dir.stat().device() != dir.old().device());
    if (!dir.onto() || opaque) {
      untie(level.upper(), name);
    }
    if (!dir.onto() && opaque && expands && dir.keepsOpaque() && !dir.oldHides()) {
      run.changes().createDirectory(level.lower(), name);
      expansion.expand(level, name);
      opaque = false;
    } else if (!dir.onto()) {
      if (dir.keepsOpaque() && !opaque) {
        run.changes().makeOpaque(level.upper(), name);
        if (copies) {
          // The mark has to be durable before the lower's change is.
          run.changes().sync(level.upper());
        }
        opaque = true;
      }
      if (dir.old() != null) {
        removeOld(level, name, dir);
      }
      run.changes().createDirectory(level.lower(), name);
    } else if (opaque && expands) {
      expansion.expand(level, name);
      opaque = false;
    } else if (opaque) {
      removal.emptyAndFree(level.lower(), name, level.place());
    }
    if (opaque && dir.keepsOpaque()) {
      run.changes().makeOpaque(level.lower(), name);
    }
    if (opaque) {
      if (copies && dir.old() != null) {
        // The deletion has to be durable before the upper's change is.
        run.changes().sync(level.lower());
      }
      run.changes().makeTransparent(level.upper(), name);
    }
    boolean holds = dir.onto() && (!dir.opaque() || expands);
    return new MergedEntries(run, walk, level, name, inner, dir, before, holds, joins);
  }

  /**
   * Removes the mark of origin. With it, a view with {@code nfs_export} would not merge the
   * directory with the lower's that is created now. Source: the kernel's fs/overlayfs/namei.c,
   * {@code ovl_fix_origin}.
   */
  private void untie(LayerDirectory upper, Name name) throws IOException {
    if (upper.xattr(name, Mark.ORIGIN.xattr(run.marks())).isPresent()) {
      run.changes().removeMark(upper, name, Mark.ORIGIN);
    }
  }
}
