package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.ChattrProtection;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.RunCancellation;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.merge.run.WorkerThreads;
import dev.overlays.merge.survey.KnownMarks;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What every part of one run shares.
 *
 * @param changes what is changed
 * @param marks where marks are kept
 * @param tally what is counted
 * @param workers who works
 * @param cancellation whether somebody wants it to end
 * @param times of directories
 * @param method how entries get into the lower
 * @param marked what is known of extended attributes in the upper; null if that is nothing
 * @param copiesLinks whether an inode with several names goes by a copy, as it always does to
 *     another file system
 * @param staging the name under which the lower's root holds what is copied; null if nothing is
 * @param protects whether marks in the upper stand for attributes of chattr(1)
 */
record MergeRun(
    LayerChanges changes,
    MarkNamespace marks,
    MergeTally tally,
    WorkerThreads workers,
    RunCancellation cancellation,
    DirectoryTimes times,
    CrossingMethod method,
    KnownMarks marked,
    boolean copiesLinks,
    Name staging,
    boolean protects) {

  /** What a rename takes along and replaces, whatever there is to know about it. */
  static final Set<EntryType> SIMPLE =
      Collections.unmodifiableSet(
          EnumSet.of(
              EntryType.FILE,
              EntryType.SYMLINK,
              EntryType.BLOCK_DEVICE,
              EntryType.FIFO,
              EntryType.SOCKET));

  /** How entries get from the upper into the lower. */
  enum CrossingMethod {
    /** By renames; directories as a whole where that can be. */
    RENAMES,
    /** By renames, one entry after the other, since some need more than a rename. */
    SINGLE_RENAMES,
    /** By copies, since the lower is on another file system or mount. */
    COPIES
  }

  boolean copiesEntries() {
    return method == CrossingMethod.COPIES;
  }

  /**
   * The marks of an entry that may go to the lower without another look at it: all that it needs is
   * to lose them. Empty if it has to be looked at, were it only for its size.
   */
  Optional<List<String>> plainXattrs(ViewPlace place, LayerEntry entry) {
    return marked == null || tally.wantsSizes() || !SIMPLE.contains(entry.type())
        ? Optional.empty()
        : marked.plainXattrs(place, entry.name());
  }

  /** The extended attributes of an entry that is no directory, as far as marks are among them. */
  List<String> knownXattrs(LayerDirectory directory, ViewPlace place, Name name, EntryStat stat)
      throws IOException {
    // With copies, another name of the inode may have got a mark, and be gone meanwhile.
    boolean known = marked != null && stat.links() == 1 && !copiesEntries();
    return known ? marked.knownXattrs(directory, place, name) : directory.xattrs(name);
  }

  /** What an entry of the upper shows of the attributes of chattr(1). */
  ChattrProtection protectionOf(LayerDirectory directory, Name name) throws IOException {
    return protects ? ChattrProtection.of(directory, name, marks) : ChattrProtection.NONE;
  }

  /** Called before each entry. */
  void checkCancelled() throws IOException {
    cancellation.checkCancelled();
    workers.checkFailed();
  }
}
