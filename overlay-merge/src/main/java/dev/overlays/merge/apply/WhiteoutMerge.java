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
  private final Run run;
  private final LowerRemoval removal;

  WhiteoutMerge(Run run, LowerRemoval removal) {
    this.run = run;
    this.removal = removal;
  }

  /** Merges one whiteout, and returns whether it is gone from the upper. */
  boolean merge(Level level, Name name, EntryStat stat) throws IOException {
    if (level.below().isNothing() && !level.asksOthers() && removedFile(level, name)) {
      if (!level.copies()) {
        run.changes().remove(level.upper(), name);
      }
      run.tally().whiteout();
      return !level.copies();
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
    boolean hidesBelow = lower != null && level.below().find(name).isPresent();
    if (hidesBelow) {
      try {
        hide(level, name, stat, old.orElse(null), oldHides);
      } catch (AtomicMoveNotSupportedException e) {
        level.crossing().found(run);
        return false;
      }
    } else {
      if (shown) {
        removal.remove(lower, name, old.get().type(), level.place());
      } else if (oldHides) {
        run.changes().remove(lower, name);
      }
      if (!level.copies()) {
        run.changes().remove(level.upper(), name);
      }
    }
    run.tally().whiteout();
    return !level.copies();
  }

  /** Tries the common case first, without a stat: the lower has a file there, or nothing. */
  private boolean removedFile(Level level, Name name) throws IOException {
    if (run.changes().dryRun()) {
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
    run.tally().add(MergeAction.DELETED, level.place(), name);
    return true;
  }

  private void hide(Level level, Name name, EntryStat stat, EntryStat old, boolean oldHides)
      throws IOException {
    boolean moves = !level.copies() && stat.isWhiteoutDevice();
    if (!oldHides && old != null && (old.isDirectory() || !moves)) {
      removal.remove(level.lower(), name, old.type(), level.place());
    } else if (!oldHides && old != null) {
      run.tally().add(MergeAction.DELETED, level.place(), name);
    }
    if (oldHides && !moves) {
      removeFromUpper(level, name);
    } else if (moves) {
      move(level, name, old);
    } else {
      run.changes().createWhiteout(level.lower(), name);
      removeFromUpper(level, name);
    }
  }

  /** All whiteouts may be names of one inode; then a rename does nothing. */
  private void move(Level level, Name name, EntryStat old) throws IOException {
    if (old != null && old.isWhiteoutDevice()) {
      removeFromUpper(level, name);
    } else {
      run.changes().rename(level.upper(), name, level.lower(), name);
    }
  }

  private void removeFromUpper(Level level, Name name) throws IOException {
    if (!level.copies()) {
      run.changes().remove(level.upper(), name);
    }
  }
}
