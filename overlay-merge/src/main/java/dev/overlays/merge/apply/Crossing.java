package dev.overlays.merge.apply;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.Staging;
import java.io.IOException;

/**
 * How entries get from one directory of the upper into the lower's: by renames, or by copies where
 * renames are refused. That happens within one file system, too: between subvolumes of btrfs and
 * for directories with a project ID. Sometimes only the first rename shows it. Sources: the
 * kernel's fs/btrfs/inode.c, {@code btrfs_rename}; fs/xfs/xfs_inode.c, {@code xfs_rename};
 * fs/ext4/namei.c, {@code ext4_rename}.
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

  /** Returns the transfer of the roots. */
  static Crossing ofRoots(LayerDirectory upper, LayerDirectory lower, Run run) throws IOException {
    boolean renames = !run.copies() && !run.changes().dryRun();
    return new Crossing(run.copies() || (renames && !lower.mayTakeFrom(upper)), run);
  }

  /** Returns the transfer of an inner directory. The lower's is null where a dry run has none. */
  Crossing below(LayerDirectory upper, LayerDirectory lower, Run run) throws IOException {
    boolean asks = !copies && !run.changes().dryRun();
    return new Crossing(copies || (asks && !lower.mayTakeFrom(upper)), run);
  }

  /** Whether entries are copied and stay in the upper until the copies are durable. */
  boolean copies() {
    return copies;
  }

  /** Switches to copies after a refused rename. The directory is then gone through again. */
  void found(Run run) {
    copies = true;
    distrustMarks(run);
  }

  /** The survey has not seen the marks that the names of a copied inode get. */
  private static void distrustMarks(Run run) {
    if (run.marked() != null && !run.copies()) {
      run.marked().distrust();
    }
  }

  /**
   * Returns the staging directory for copies: the common one, or one in the lower's directory
   * itself where renames from the common one are refused. A whiteout in the upper hides it.
   *
   * @param common the staging directory of the run, on the file system of the lower's root
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

  /** Whether a name of the upper is the whiteout that hides the staging directory. */
  boolean isStaging(Name entry) {
    return entry.equals(name);
  }

  /** Removes the staging directory. */
  synchronized void close(Level level, Run run) throws IOException {
    if (staging != null) {
      staging.close();
      staging = null;
      run.changes().sync(level.lower());
      level.upper().remove(name);
    }
  }

  /** Makes the copies durable, and removes the originals from the upper. */
  void end(Level level, Run run) throws IOException {
    if (staging == null) {
      run.changes().sync(level.lower());
    }
    close(level, run);
    new UpperRemoval(run).leaves(level);
  }
}
