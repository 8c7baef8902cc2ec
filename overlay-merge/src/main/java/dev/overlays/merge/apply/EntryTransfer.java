package dev.overlays.merge.apply;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.StagingDirectory;
import java.io.IOException;

/**
 * How entries get from one directory of the upper into the lower's: by renames, or by copies where
 * no rename leads from the one to the other. That can be so inside a single file system, between
 * subvolumes of btrfs and for directories that keep to a project ID, and may be found out only when
 * the first rename is refused. Sources: the kernel's fs/btrfs/inode.c, {@code btrfs_rename};
 * fs/xfs/xfs_inode.c, {@code xfs_rename}; fs/ext4/namei.c, {@code ext4_rename}.
 */
final class EntryTransfer {
  private volatile boolean usesCopies;
  private boolean needsOwnStaging;
  private Name stagingName;
  private StagingDirectory staging;

  private EntryTransfer(boolean copies, MergeRun run) {
    this.usesCopies = copies;
    if (copies) {
      distrustMarks(run);
    }
  }

  /** That of the roots. */
  static EntryTransfer ofRoots(LayerDirectory upper, LayerDirectory lower, MergeRun run)
      throws IOException {
    boolean renames = !run.usesCopies() && !run.changes().isDryRun();
    return new EntryTransfer(run.usesCopies() || (renames && !lower.mayTakeFrom(upper)), run);
  }

  /** That of a directory in another one. The lower's is null where a dry run has none. */
  EntryTransfer transferBelow(LayerDirectory upper, LayerDirectory lower, MergeRun run)
      throws IOException {
    boolean asks = !usesCopies && !run.changes().isDryRun();
    return new EntryTransfer(usesCopies || (asks && !lower.mayTakeFrom(upper)), run);
  }

  /** Whether entries are copied, and stay in the upper until the copies are on the disk. */
  boolean usesCopies() {
    return usesCopies;
  }

  /** A rename has been refused: the directory is gone through again, by copies. */
  void switchToCopies(MergeRun run) {
    usesCopies = true;
    distrustMarks(run);
  }

  /** Names of one inode that is copied get marks which the survey has not seen. */
  private static void distrustMarks(MergeRun run) {
    if (run.knownMarks() != null && !run.usesCopies()) {
      run.knownMarks().distrustAll();
    }
  }

  /**
   * Where copies are made that a rename can put into the lower's directory: in that itself, where
   * the staging of all is out of reach. A whiteout in the upper hides it.
   *
   * @param common the staging of all, on the file system of the lower's root
   */
  synchronized StagingDirectory stagingFor(MergeLevel level, MergeRun run, StagingDirectory common)
      throws IOException {
    if (!usesCopies) {
      return common;
    }
    if (staging == null && !needsOwnStaging) {
      needsOwnStaging = !run.usesCopies() || !level.lower().mayTakeFrom(common.openDirectory());
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

  /** Whether a name of the upper only hides where copies are made. */
  boolean isStagingName(Name entry) {
    return entry.equals(stagingName);
  }

  /** Removes where copies were made, when the directory has not come to its end. */
  synchronized void removeStaging(MergeLevel level, MergeRun run) throws IOException {
    if (staging != null) {
      staging.close();
      staging = null;
      run.changes().syncFileSystem(level.lower());
      level.upper().remove(stagingName);
    }
  }

  /** Makes what was copied durable, and removes it from the upper. */
  void finishCopies(MergeLevel level, MergeRun run) throws IOException {
    if (staging == null) {
      run.changes().syncFileSystem(level.lower());
    }
    removeStaging(level, run);
    new UpperRemoval(run).removeCopied(level);
  }
}
