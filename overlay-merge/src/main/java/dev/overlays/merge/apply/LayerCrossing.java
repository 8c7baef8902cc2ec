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
final class LayerCrossing {
  private volatile boolean copies;
  private boolean ownStaging;
  private Name name;
  private StagingDirectory staging;

  private LayerCrossing(boolean copies, MergeRun run) {
    this.copies = copies;
    if (copies) {
      distrustMarks(run);
    }
  }

  /** That of the roots. */
  static LayerCrossing ofRoots(LayerDirectory upper, LayerDirectory lower, MergeRun run)
      throws IOException {
    boolean renames = !run.copiesEntries() && !run.changes().dryRun();
    return new LayerCrossing(run.copiesEntries() || (renames && !lower.mayTakeFrom(upper)), run);
  }

  /** That of a directory in another one. The lower's is null where a dry run has none. */
  LayerCrossing crossingBelow(LayerDirectory upper, LayerDirectory lower, MergeRun run)
      throws IOException {
    boolean asks = !copies && !run.changes().dryRun();
    return new LayerCrossing(copies || (asks && !lower.mayTakeFrom(upper)), run);
  }

  /** Whether entries are copied, and stay in the upper until the copies are on the disk. */
  boolean copiesEntries() {
    return copies;
  }

  /** A rename has been refused: the directory is gone through again, by copies. */
  void foundBoundary(MergeRun run) {
    copies = true;
    distrustMarks(run);
  }

  /** Names of one inode that is copied get marks which the survey has not seen. */
  private static void distrustMarks(MergeRun run) {
    if (run.marked() != null && !run.copiesEntries()) {
      run.marked().distrustAll();
    }
  }

  /**
   * Where copies are made that a rename can put into the lower's directory: in that itself, where
   * the staging of all is out of reach. A whiteout in the upper hides it.
   *
   * @param common the staging of all, on the file system of the lower's root
   */
  synchronized StagingDirectory stagingOf(MergeLevel level, MergeRun run, StagingDirectory common)
      throws IOException {
    if (!copies) {
      return common;
    }
    if (staging == null && !ownStaging) {
      ownStaging = !run.copiesEntries() || !level.lower().mayTakeFrom(common.openDirectory());
    }
    if (!ownStaging) {
      return common;
    }
    if (staging == null) {
      name = LowerStaging.newName();
      level.upper().createWhiteout(name);
      run.changes().syncDirectory(level.upper());
      staging = new StagingDirectory(level.lower(), name);
    }
    return staging;
  }

  /** Whether a name of the upper only hides where copies are made. */
  boolean isStaging(Name entry) {
    return entry.equals(name);
  }

  /** Removes where copies were made, when the directory has not come to its end. */
  synchronized void close(MergeLevel level, MergeRun run) throws IOException {
    if (staging != null) {
      staging.close();
      staging = null;
      run.changes().syncDirectory(level.lower());
      level.upper().remove(name);
    }
  }

  /** Makes what was copied durable, and removes it from the upper. */
  void endDirectory(MergeLevel level, MergeRun run) throws IOException {
    if (staging == null) {
      run.changes().syncDirectory(level.lower());
    }
    close(level, run);
    new UpperRemoval(run).removeLeaves(level);
  }
}
