package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.Changes;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.Protection;
import dev.overlays.merge.run.Cancellation;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Tally;
import dev.overlays.merge.run.Workers;
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
 * @param marked what is known about extended attributes in the upper; null if nothing is
 * @param copiesLinks whether an inode with several names is copied even within one file system
 * @param staging the name of the staging directory in the lower's root; null if there is none
 * @param protects whether marks in the upper stand for attributes of chattr(1)
 */
record Run(
    Changes changes,
    MarkNamespace marks,
    Tally tally,
    Workers workers,
    Cancellation cancellation,
    DirectoryTimes times,
    Method method,
    KnownMarks marked,
    boolean copiesLinks,
    Name staging,
    boolean protects) {

  /** The types of entries that a rename moves and replaces without a stat. */
  static final Set<EntryType> SIMPLE =
      Collections.unmodifiableSet(
          EnumSet.of(
              EntryType.FILE,
              EntryType.SYMLINK,
              EntryType.BLOCK_DEVICE,
              EntryType.FIFO,
              EntryType.SOCKET));

  /** How entries get from the upper into the lower. */
  enum Method {
    /** By renames; directories as a whole where that can be. */
    RENAMES,
    /** By renames, one entry after the other, since some need more than a rename. */
    SINGLE_RENAMES,
    /** By copies, since the lower is on another file system or mount. */
    COPIES
  }

  boolean copies() {
    return method == Method.COPIES;
  }

  /**
   * Returns the marks of an entry that can be merged without a stat, once they are removed. Empty
   * if it needs a stat, even if only for its size.
   */
  Optional<List<String>> plain(Place place, LayerEntry entry) {
    return marked == null || tally.wantsSizes() || !SIMPLE.contains(entry.type())
        ? Optional.empty()
        : marked.plain(place, entry.name());
  }

  /**
   * Returns the extended attributes of an entry that is not a directory; may leave out those that
   * are no marks.
   */
  List<String> xattrs(LayerDirectory directory, Place place, Name name, EntryStat stat)
      throws IOException {
    // With copies, the inode may have got a mark under another name that is gone by now.
    boolean known = marked != null && stat.links() == 1 && !copies();
    return known ? marked.xattrs(directory, place, name) : directory.xattrs(name);
  }

  /** Returns the attributes of chattr(1) that an entry of the upper shows. */
  Protection protection(LayerDirectory directory, Name name) throws IOException {
    return protects ? Protection.of(directory, name, marks) : Protection.NONE;
  }

  /** Throws if the merge is cancelled or a worker has failed. Is called before each entry. */
  void check() throws IOException {
    cancellation.check();
    workers.check();
  }
}
