package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.MergedDirectory;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;

/**
 * Merges one directory of the upper: as a whole, where nothing of the layers below shows in it and
 * all of it is to go, otherwise entry by entry.
 */
final class DirectoryMerge {
  /** How often a directory is gone through again that should be empty by then. */
  private static final int TRIES = 10;

  private final Run run;
  private final LowerRemoval removal;
  private final UpperRemoval upperRemoval;
  private final TreeMove move;
  private final OpaqueExpansion expansion;
  private final RenamedPreview preview;
  private final MergeWalk walk;

  DirectoryMerge(Run run, LowerRemoval removal, RenamedPreview preview, MergeWalk walk) {
    this.run = run;
    this.removal = removal;
    this.preview = preview;
    this.walk = walk;
    upperRemoval = new UpperRemoval(run);
    move = new TreeMove(run);
    expansion = new OpaqueExpansion(run);
  }

  /** Merges a directory, and tells whether it is gone from the upper. */
  boolean merge(Level level, Name name, Selection inner) throws IOException {
    DirectoryCase dir = DirectoryCase.of(level, name, run.marks());
    if (level.keeps(name)) {
      run.tally().kept(level, name);
      return false;
    }
    boolean shared = level.isShared(name);
    boolean whole = inner.isAll() && run.method() == Run.Method.RENAMES;
    if (preview.isRenamed(level, name)) {
      renamed(level, name, inner, dir, whole);
      return true;
    }
    if (whole && !dir.merges() && !(shared && dir.opaque())) {
      whole(level, name, dir);
      return true;
    }
    return entries(level, name, inner, dir, shared || !inner.takesEntry());
  }

  private void whole(Level level, Name name, DirectoryCase dir) throws IOException {
    try (Joins joins = new Joins(run.workers())) {
      if (dir.keepsOpaque() && !dir.opaque()) {
        run.changes().makeOpaque(level.upper(), name);
      }
      if (dir.onto()) {
        removal.clear(level.lower(), name, level.place(), joins);
      } else if (dir.old() != null) {
        removeOld(level, name, dir);
      }
      move.move(level, name, dir.stat(), dir.keepsOpaque());
      joins.joinAll();
    }
  }

  /** What a dry run tells of a directory that a merge would have made whole and opaque by then. */
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

  private boolean entries(
      Level level, Name name, Selection inner, DirectoryCase dir, boolean expands)
      throws IOException {
    EntryStat before = run.times().remember(level.upper(), name, dir.stat());
    boolean opaque = dir.opaque();
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
        if (run.copies()) {
          // It has to hide what shows when only the lower's change lasts.
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
      if (run.copies() && dir.old() != null) {
        // What has been deleted here must not come back when only the upper's change lasts.
        run.changes().sync(level.lower());
      }
      run.changes().makeTransparent(level.upper(), name);
    }
    boolean holds = dir.onto() && (!dir.opaque() || expands);
    return inside(level, name, inner, dir, before, holds);
  }

  /**
   * A view with {@code nfs_export} does not merge a directory with another one than it was copied
   * up from, as the lower's is that is made now; without the mark it does. Source: the kernel's
   * fs/overlayfs/namei.c, {@code ovl_fix_origin}.
   */
  private void untie(LayerDirectory upper, Name name) throws IOException {
    if (upper.xattr(name, Mark.ORIGIN.xattr(run.marks())).isPresent()) {
      run.changes().removeMark(upper, name, Mark.ORIGIN);
    }
  }

  /** A dry run has no lower inside that would still hold something. */
  private boolean inside(
      Level level,
      Name name,
      Selection selection,
      DirectoryCase dir,
      EntryStat before,
      boolean holds)
      throws IOException {
    boolean gone;
    boolean real = holds || !run.changes().dryRun();
    try (LayerDirectory upper = level.upper().open(name);
        LayerDirectory lower = real ? level.lower().open(name) : null;
        MergedDirectory below = below(level, name, dir, real);
        Others others = level.others() == null ? null : level.others().open(name)) {
      Level inner =
          new Level(
              upper, lower, below, selection, others, level.place().in(name), false, run.marks());
      gone = walk.children(inner).areGone();
      if (selection.takesEntry() || !dir.onto()) {
        run.changes().copyAttributes(level.upper(), name, before, level.lower(), name);
        run.changes().protect(level.lower(), name, run.protection(level.upper(), name));
      }
      if (run.copies()) {
        run.changes().sync(level.lower());
        upperRemoval.leaves(inner);
        gone = !run.changes().dryRun();
      }
      gone = gone && selection.takesEntry() && removed(level, name, inner);
    }
    if (!gone && !run.changes().dryRun()) {
      run.times().restore(level.upper(), name, before);
    }
    run.tally().add(dir.onto() ? MergeAction.UPDATED : MergeAction.ADDED, level.place(), name);
    return gone;
  }

  private static MergedDirectory below(Level level, Name name, DirectoryCase dir, boolean real)
      throws IOException {
    if (real && level.lower() != null) {
      return level.below().below(level.lower(), name);
    }
    return dir.keepsOpaque() || dir.opaque() ? level.below().nothing() : level.below().open(name);
  }

  /**
   * Removes the upper's directory. Some file systems leave entries out of a listing while others
   * are removed; these are merged now.
   */
  private boolean removed(Level level, Name name, Level inner) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      try {
        run.changes().removeDirectory(level.upper(), name);
        return true;
      } catch (DirectoryNotEmptyException e) {
        if (!walk.children(inner.onceMore()).anyGone()) {
          return false;
        }
      }
    }
    return false;
  }
}
