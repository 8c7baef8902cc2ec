package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.ProtectionFlags;
import dev.overlays.merge.run.CancellationCheck;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.run.WorkerPool;
import dev.overlays.merge.survey.KnownMarks;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What all parts of one merge share.
 *
 * @param changes makes the changes
 * @param marks the namespace of the marks
 * @param tally counts what is done
 * @param workers the threads
 * @param cancellation checks whether the merge is cancelled
 * @param times remembers the times of directories
 * @param method how entries get into the lower
 * @param knownMarks what is known about extended attributes in the upper; null if nothing is
 * @param copiesLinks whether an inode with several names is copied even within one file system
 * @param staging the name of the staging directory in the lower's root; null if there is none
 * @param protects whether marks in the upper stand for attributes of chattr(1)
 */
record MergeRun(
    LayerChanges changes,
    MarkNamespace marks,
    MergeTally tally,
    WorkerPool workers,
    CancellationCheck cancellation,
    DirectoryTimes times,
    TransferMethod method,
    KnownMarks knownMarks,
    boolean copiesLinks,
    Name staging,
    boolean protects) {

  /** The types of entries that a rename moves and replaces without a stat. */
  static final Set<EntryType> RENAMED_UNSEEN =
      Collections.unmodifiableSet(
          EnumSet.of(
              EntryType.FILE,
              EntryType.SYMLINK,
              EntryType.BLOCK_DEVICE,
              EntryType.FIFO,
              EntryType.SOCKET));

  /** How entries get from the upper into the lower. */
  enum TransferMethod {
    /** By renames; directories as a whole where that can be. */
    RENAMES,
    /** By renames, one entry after the other, since some need more than a rename. */
    SINGLE_RENAMES,
    /** By copies, since the lower is on another file system or mount. */
    COPIES
  }

  boolean usesCopies() {
    return method == TransferMethod.COPIES;
  }

  /**
   * Returns the marks of an entry that can be merged without a stat, once they are removed. Empty
   * if it needs a stat, even if only for its size.
   */
  Optional<List<String>> plainMarks(TreePlace place, LayerEntry entry) {
    return knownMarks == null || tally.wantsSizes() || !RENAMED_UNSEEN.contains(entry.type())
        ? Optional.empty()
        : knownMarks.plainMarks(place, entry.name());
  }

  /**
   * Whether an entry is a file that can be copied into a lower elsewhere without a stat before: it
   * has no marks but that of its origin, no other extended attributes, and no other name.
   */
  boolean isPlainCopy(TreePlace place, LayerEntry entry) {
    return usesCopies()
        && !changes.isDryRun()
        && knownMarks != null
        && entry.type() == EntryType.FILE
        && knownMarks.plainMarks(place, entry.name()).isPresent();
  }

  /**
   * Returns the extended attributes of an entry that is not a directory; may leave out those that
   * are no marks.
   */
  List<String> listXattrs(LayerDirectory directory, TreePlace place, Name name, EntryStat stat)
      throws IOException {
    boolean known = knownMarks != null && stat.links() == 1;
    return known ? knownMarks.listXattrs(directory, place, name) : directory.xattrs(name);
  }

  /** Returns the attributes of chattr(1) that an entry of the upper shows. */
  ProtectionFlags protectionOf(LayerDirectory directory, Name name) throws IOException {
    return protects ? ProtectionFlags.of(directory, name, marks) : ProtectionFlags.NONE;
  }

  /** Throws if the merge is cancelled or a worker has failed. Is called before each entry. */
  void throwIfEnding() throws IOException {
    cancellation.throwIfCancelled();
    workers.throwIfFailed();
  }
}
