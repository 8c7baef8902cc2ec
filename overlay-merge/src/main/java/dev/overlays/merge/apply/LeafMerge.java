package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.MergeAction;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.util.List;
import java.util.Optional;

/**
 * Merges entries that are not directories. Until the last step, the upper's entry hides that of the
 * lower.
 */
final class LeafMerge {
  private final MergeRun run;
  private final LowerRemoval removal;
  private final LeafCopy copy;

  LeafMerge(MergeRun run, LowerRemoval removal, LeafCopy copy) {
    this.run = run;
    this.removal = removal;
    this.copy = copy;
  }

  /**
   * Merges one entry, and returns whether it is gone from the upper.
   *
   * @param listed the type of the lower's entry as {@link ListingLookup#lower} returns it
   */
  boolean mergeLeaf(
      MergeLevel level, Name name, EntryStat stat, List<String> xattrs, EntryType listed)
      throws IOException {
    LayerDirectory lower = level.lower();
    boolean metacopy =
        stat.type() == EntryType.FILE && xattrs.contains(Mark.METACOPY.xattr(run.marks()));
    boolean simple =
        !metacopy
            && stat.links() == 1
            && MergeRun.RENAMED_UNSEEN.contains(listed)
            && !run.changes().isDryRun();
    Optional<EntryStat> old = listed == null || simple ? Optional.empty() : lower.stat(name);
    if (old.filter(EntryStat::isDirectory).isPresent()) {
      removal.removeEntry(lower, name, EntryType.DIRECTORY, level.place());
    }
    if (run.changes().isDryRun()) {
      old.filter(file -> file.type() == EntryType.FILE).ifPresent(run.tally()::countFreed);
    }
    boolean shown = simple || isShown(lower, name, old);
    boolean gone;
    try {
      gone = putIntoLower(level, name, stat, xattrs, old.orElse(null), metacopy);
    } catch (AtomicMoveNotSupportedException e) {
      if (level.usesCopies()) {
        throw e;
      }
      level.transfer().switchToCopies(run);
      return false;
    }
    MergeAction action = shown ? MergeAction.REPLACED : MergeAction.ADDED;
    run.tally().countMoved(action, level.place(), name, stat);
    return gone;
  }

  /** Merges an entry without a stat, unless the entry of the lower needs one. */
  boolean mergePlain(MergeLevel level, LayerEntry entry, List<String> marks, LayerEntry listed)
      throws IOException {
    Name name = entry.name();
    LayerEntry old = listed;
    Optional<EntryStat> oldStat = Optional.empty();
    if (listed != null && listed.type() == EntryType.UNKNOWN) {
      oldStat = level.lower().stat(name);
      old = oldStat.map(there -> new LayerEntry(name, there.type(), there.inode())).orElse(null);
    }
    if (old != null && !isReplacedByRename(entry, old)) {
      return mergeLeaf(
          level, name, LayerEntries.requireStat(level.upper(), name), marks, old.type());
    }
    boolean shown = old != null && (oldStat.isEmpty() || isShown(level.lower(), name, oldStat));
    if (run.changes().isDryRun() && old != null && old.type() == EntryType.FILE) {
      level.lower().stat(name).ifPresent(run.tally()::countFreed);
    }
    run.changes().removeAllMarks(level.upper(), name, marks);
    try {
      run.changes().renameEntry(level.upper(), name, level.lower(), name);
    } catch (AtomicMoveNotSupportedException e) {
      level.transfer().switchToCopies(run);
      return false;
    }
    run.tally().countAction(shown ? MergeAction.REPLACED : MergeAction.ADDED, level.place(), name);
    return true;
  }

  /** Copies a file without a stat before. It stays in the upper until the copy is durable. */
  void copyPlain(MergeLevel level, Name name, LayerEntry listed) throws IOException {
    boolean replaces = listed != null && MergeRun.RENAMED_UNSEEN.contains(listed.type());
    Optional<EntryStat> old =
        listed == null || replaces ? Optional.empty() : level.lower().stat(name);
    if (old.filter(EntryStat::isDirectory).isPresent()) {
      removal.removeEntry(level.lower(), name, EntryType.DIRECTORY, level.place());
    }
    boolean shown = replaces || isShown(level.lower(), name, old);
    EntryStat stat = copy.putPlainCopy(level, name);
    MergeAction action = shown ? MergeAction.REPLACED : MergeAction.ADDED;
    run.tally().countMoved(action, level.place(), name, stat);
  }

  /** Whether the lower shows something: whiteouts of both forms show nothing. */
  private boolean isShown(LayerDirectory lower, Name name, Optional<EntryStat> old)
      throws IOException {
    return old.isPresent() && !LayerEntries.isWhiteout(lower, name, old.get(), run.marks());
  }

  /** A rename between two names of one inode does nothing. */
  private static boolean isReplacedByRename(LayerEntry entry, LayerEntry old) {
    return MergeRun.RENAMED_UNSEEN.contains(old.type())
        && entry.inode() != 0
        && entry.inode() != old.inode();
  }

  private boolean putIntoLower(
      MergeLevel level,
      Name name,
      EntryStat stat,
      List<String> xattrs,
      EntryStat old,
      boolean metacopy)
      throws IOException {
    if (run.changes().isDryRun()) {
      return true;
    }
    boolean linked = copy.isLinked(level, stat, xattrs);
    if (metacopy && !linked && hasData(level, name, old) && old.links() == 1) {
      // The data is in place. It only needs the attributes of the upper's entry.
      run.changes().copyAttributes(level.upper(), name, stat, level.lower(), name);
      return finishLeaf(level, name, xattrs);
    }
    boolean apart = linked && run.copiesLinks();
    if (metacopy || apart || level.usesCopies() || isProtected(xattrs)) {
      copy.putCopy(level, name, stat, xattrs);
      return finishLeaf(level, name, xattrs);
    }
    run.changes().removeAllMarks(level.upper(), name, xattrs);
    if (old != null && stat.sameInode(old)) {
      // A rename between two names of one inode does nothing.
      run.changes().removeEntry(level.upper(), name);
    } else {
      run.changes().renameEntry(level.upper(), name, level.lower(), name);
    }
    return true;
  }

  private boolean isProtected(List<String> xattrs) {
    return run.protects() && xattrs.contains(Mark.PROTATTR.xattr(run.marks()));
  }

  private boolean hasData(MergeLevel level, Name name, EntryStat old) throws IOException {
    return old != null
        && old.type() == EntryType.FILE
        && level.lower().xattr(name, Mark.METACOPY.xattr(run.marks())).isEmpty();
  }

  /**
   * Removes the upper's entry, which the lower's now replaces, unless {@link LeafCopy} needs it.
   */
  private boolean finishLeaf(MergeLevel level, Name name, List<String> xattrs) throws IOException {
    if (isProtected(xattrs)) {
      run.changes().setProtection(level.lower(), name, run.protectionOf(level.upper(), name));
    }
    if (level.usesCopies()) {
      return false;
    }
    run.changes().removeEntry(level.upper(), name);
    return true;
  }
}
