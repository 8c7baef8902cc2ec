package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.MergeAction;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * Deletes from the lower what the view has deleted. If a layer below the lower has an entry of the
 * name, the lower gets the whiteout.
 */
final class WhiteoutMerge {
  private final MergeRun run;
  private final LowerRemoval removal;

  WhiteoutMerge(MergeRun run, LowerRemoval removal) {
    this.run = run;
    this.removal = removal;
  }

  /** Merges one whiteout, and returns whether it is gone from the upper. */
  boolean mergeWhiteout(MergeLevel level, Name name, EntryStat stat) throws IOException {
    if (level.below().isInNoLayer() && !level.hasOthers() && tryRemoveFile(level, name)) {
      if (!level.usesCopies()) {
        run.changes().removeEntry(level.upper(), name);
      }
      run.tally().countWhiteout();
      return !level.usesCopies();
    }
    LayerDirectory lower = level.lower();
    Optional<EntryStat> old = lower == null ? Optional.empty() : lower.stat(name);
    boolean oldHides =
        old.isPresent() && LayerEntries.isWhiteout(lower, name, old.get(), run.marks());
    boolean shown = old.isPresent() && !oldHides;
    if (level.keepsWhiteout(name)) {
      level.countKept(run.tally(), name);
      return false;
    }
    boolean hidesBelow = lower != null && level.below().findShown(name).isPresent();
    if (hidesBelow) {
      try {
        hideBelow(level, name, stat, old.orElse(null), oldHides);
      } catch (AtomicMoveNotSupportedException e) {
        level.transfer().switchToCopies(run);
        return false;
      }
    } else {
      if (shown) {
        removal.removeEntry(lower, name, old.get().type(), level.place());
      } else if (oldHides) {
        run.changes().removeEntry(lower, name);
      }
      if (!level.usesCopies()) {
        run.changes().removeEntry(level.upper(), name);
      }
    }
    run.tally().countWhiteout();
    return !level.usesCopies();
  }

  /** Tries the common case first, without a stat: the lower has a file there, or nothing. */
  private boolean tryRemoveFile(MergeLevel level, Name name) throws IOException {
    if (run.changes().isDryRun()) {
      return false;
    }
    try {
      level.lower().remove(name);
    } catch (NoSuchFileException e) {
      return true;
    } catch (FileSystemException e) {
      // It is a directory, or protected.
      return false;
    }
    run.tally().countAction(MergeAction.DELETED, level.place(), name);
    return true;
  }

  private void hideBelow(
      MergeLevel level, Name name, EntryStat stat, EntryStat old, boolean oldHides)
      throws IOException {
    boolean moves = !level.usesCopies() && stat.isWhiteoutDevice();
    if (!oldHides && old != null && (old.isDirectory() || !moves)) {
      removal.removeEntry(level.lower(), name, old.type(), level.place());
    } else if (!oldHides && old != null) {
      run.tally().countAction(MergeAction.DELETED, level.place(), name);
    }
    if (oldHides && !moves) {
      removeFromUpper(level, name);
    } else if (moves) {
      moveWhiteout(level, name, old);
    } else {
      run.changes().createWhiteout(level.lower(), name);
      removeFromUpper(level, name);
    }
  }

  /** All whiteouts may be names of one inode; then a rename does nothing. */
  private void moveWhiteout(MergeLevel level, Name name, EntryStat old) throws IOException {
    if (old != null && old.isWhiteoutDevice()) {
      removeFromUpper(level, name);
    } else {
      run.changes().renameEntry(level.upper(), name, level.lower(), name);
    }
  }

  private void removeFromUpper(MergeLevel level, Name name) throws IOException {
    if (!level.usesCopies()) {
      run.changes().removeEntry(level.upper(), name);
    }
  }
}
