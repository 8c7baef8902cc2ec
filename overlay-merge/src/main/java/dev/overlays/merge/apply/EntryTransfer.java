package dev.overlays.merge.apply;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.StagingDirectory;
import java.io.IOException;

/**
 * How entries get from one directory of the upper into the lower's: by renames, or by copies where
 * renames are refused. That happens within one file system, too: between subvolumes of btrfs and
 * for directories with a project ID. Sometimes only the first rename shows it. Sources: the
 * kernel's fs/btrfs/inode.c, {@code btrfs_rename}; fs/xfs/xfs_inode.c, {@code xfs_rename};
 * fs/ext4/namei.c, {@code ext4_rename}.
 */
final class EntryTransfer {
  private volatile boolean usesCopies;
  private boolean hasAsked;
  private boolean needsOwnStaging;
  private Name stagingName;
  private StagingDirectory staging;

  /** What waits for a sync of the lower; null unless the whole merge is done by copies. */
  private final LowerSyncQueue syncQueue;

  private EntryTransfer(boolean copies, LowerSyncQueue queue, MergeRun run) {
    this.usesCopies = copies;
    this.syncQueue = queue;
    if (copies) {
      distrustMarks(run);
    }
  }

  /** Returns the transfer of the roots. */
  static EntryTransfer ofRoots(LayerDirectory upper, LayerDirectory lower, MergeRun run)
      throws IOException {
    boolean renames = !run.usesCopies() && !run.changes().isDryRun();
    boolean queues = run.usesCopies() && !run.changes().isDryRun();
    LowerSyncQueue queue = queues ? new LowerSyncQueue(lower) : null;
    return new EntryTransfer(
        run.usesCopies() || (renames && !lower.canMoveFrom(upper)), queue, run);
  }

  /** Returns the transfer of an inner directory. The lower's is null where a dry run has none. */
  EntryTransfer transferBelow(LayerDirectory upper, LayerDirectory lower, MergeRun run)
      throws IOException {
    boolean asks = !usesCopies && !run.changes().isDryRun();
    return new EntryTransfer(usesCopies || (asks && !lower.canMoveFrom(upper)), syncQueue, run);
  }

  /** Whether entries are copied and stay in the upper until the copies are durable. */
  boolean usesCopies() {
    return usesCopies;
  }

  /** Switches to copies after a refused rename. The directory is then gone through again. */
  void switchToCopies(MergeRun run) {
    usesCopies = true;
    distrustMarks(run);
  }

  /** The survey has not seen the marks that the names of a copied inode get. */
  private static void distrustMarks(MergeRun run) {
    if (run.knownMarks() != null && !run.usesCopies()) {
      run.knownMarks().distrustAll();
    }
  }

  /**
   * Returns the staging directory for copies: the common one, or one in the lower's directory
   * itself where renames from the common one are refused. A whiteout in the upper hides it.
   *
   * @param common the staging directory of the run, on the file system of the lower's root
   */
  synchronized StagingDirectory stagingFor(MergeLevel level, MergeRun run, StagingDirectory common)
      throws IOException {
    if (!usesCopies) {
      return common;
    }
    if (!hasAsked) {
      needsOwnStaging = !run.usesCopies() || !level.lower().canMoveFrom(common.openDirectory());
      hasAsked = true;
    }
    if (!needsOwnStaging) {
      return common;
    }
    if (staging == null) {
      stagingName = LowerStaging.newName();
      level.upper().createWhiteout(stagingName);
      run.changes().syncFileSystem(level.upper());
      staging = new StagingDirectory(level.lower(), stagingName);
    }
    return staging;
  }

  /** Whether a name of the upper is the whiteout that hides the staging directory. */
  boolean isStagingName(Name entry) {
    return entry.equals(stagingName);
  }

  /** Removes the staging directory. */
  synchronized void removeStaging(MergeLevel level, MergeRun run) throws IOException {
    if (staging != null) {
      staging.close();
      staging = null;
      run.changes().syncFileSystem(level.lower());
      level.upper().remove(stagingName);
    }
  }

  /** Returns what waits for a sync of the lower; null unless the whole merge is done by copies. */
  LowerSyncQueue syncQueue() {
    return syncQueue;
  }

  /**
   * Lets a directory of the upper merge with the lower's, which was emptied for it: at once, or
   * when the deletions are durable.
   */
  void makeTransparent(MergeLevel level, Name name, MergeRun run, boolean hasDeleted)
      throws IOException {
    if (hasDeleted && syncQueue != null) {
      syncQueue.addChange(() -> run.changes().makeTransparent(level.upper(), name));
      return;
    }
    if (hasDeleted) {
      run.changes().syncFileSystem(level.lower());
    }
    run.changes().makeTransparent(level.upper(), name);
  }

  /** Whether the originals of the copies can wait in the upper for a later sync of the lower. */
  synchronized boolean mayFinishLater() {
    return syncQueue != null && staging == null;
  }

  /** Makes the copies durable, and removes the originals from the upper. */
  void finishCopies(MergeLevel level, MergeRun run) throws IOException {
    if (syncQueue != null) {
      syncQueue.syncAndChange();
    } else if (staging == null) {
      run.changes().syncFileSystem(level.lower());
    }
    removeStaging(level, run);
    new UpperRemoval(run).removeCopied(level);
  }
}
