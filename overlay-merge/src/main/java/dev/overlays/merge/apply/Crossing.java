package dev.overlays.merge.apply;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.Staging;
import java.io.IOException;

/**
 * How entries get from one directory of the upper into the lower's: by renames, or by copies where
 * no rename leads from the one to the other. That can be so inside a single file system, between
 * subvolumes of btrfs and for directories that keep to a project ID, and may be found out only when
 * the first rename is refused. Sources: the kernel's fs/btrfs/inode.c, {@code btrfs_rename};
 * fs/xfs/xfs_inode.c, {@code xfs_rename}; fs/ext4/namei.c, {@code ext4_rename}.
 */
final class Crossing {
  private volatile boolean copies;
  private boolean ownStaging;
  private Name name;
  private Staging staging;

  private Crossing(boolean copies, Run run) {
    this.copies = copies;
    if (copies) {
      distrustMarks(run);
    }
  }

  /** That of the roots. */
  static Crossing ofRoots(LayerDirectory upper, LayerDirectory lower, Run run) throws IOException {
    boolean renames = !run.copies() && !run.changes().dryRun();
    return new Crossing(run.copies() || (renames && !lower.mayTakeFrom(upper)), run);
  }

  /** That of a directory in another one. The lower's is null where a dry run has none. */
  Crossing below(LayerDirectory upper, LayerDirectory lower, Run run) throws IOException {
    boolean asks = !copies && !run.changes().dryRun();
    return new Crossing(copies || (asks && !lower.mayTakeFrom(upper)), run);
  }

  /** Whether entries are copied, and stay in the upper until the copies are on the disk. */
  boolean copies() {
    return copies;
  }

  /** A rename has been refused: the directory is gone through again, by copies. */
  void found(Run run) {
    copies = true;
    distrustMarks(run);
  }

  /** Names of one inode that is copied get marks which the survey has not seen. */
  private static void distrustMarks(Run run) {
    if (run.marked() != null && !run.copies()) {
      run.marked().distrust();
    }
  }

  /**
   * Where copies are made that a rename can put into the lower's directory: in that itself, where
   * the staging of all is out of reach. A whiteout in the upper hides it.
   *
   * @param common the staging of all, on the file system of the lower's root
   */
  synchronized Staging staging(Level level, Run run, Staging common) throws IOException {
    if (!copies) {
      return common;
    }
    if (staging == null && !ownStaging) {
      ownStaging = !run.copies() || !level.lower().mayTakeFrom(common.directory());
    }
    if (!ownStaging) {
      return common;
    }
    if (staging == null) {
      name = LowerStaging.newName();
      level.upper().createWhiteout(name);
      run.changes().sync(level.upper());
      staging = new Staging(level.lower(), name);
    }
    return staging;
  }

  /** Whether a name of the upper only hides where copies are made. */
  boolean isStaging(Name entry) {
    return entry.equals(name);
  }

  /** Removes where copies were made, when the directory has not come to its end. */
  synchronized void close(Level level, Run run) throws IOException {
    if (staging != null) {
      staging.close();
      staging = null;
      run.changes().sync(level.lower());
      level.upper().remove(name);
    }
  }

  /** Makes what was copied durable, and removes it from the upper. */
  void end(Level level, Run run) throws IOException {
    if (staging == null) {
      run.changes().sync(level.lower());
    }
    close(level, run);
    new UpperRemoval(run).leaves(level);
  }
}
