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
  private final Run run;
  private final LowerRemoval removal;
  private final LeafCopy copy;

  LeafMerge(Run run, LowerRemoval removal, LeafCopy copy) {
    this.run = run;
    this.removal = removal;
    this.copy = copy;
  }

  /**
   * Merges one entry, and returns whether it is gone from the upper.
   *
   * @param listed the type of the lower's entry as {@link Listings#lower} returns it
   */
  boolean merge(Level level, Name name, EntryStat stat, List<String> xattrs, EntryType listed)
      throws IOException {
    LayerDirectory lower = level.lower();
    boolean metacopy =
        stat.type() == EntryType.FILE && xattrs.contains(Mark.METACOPY.xattr(run.marks()));
    boolean simple =
        !metacopy && stat.links() == 1 && Run.SIMPLE.contains(listed) && !run.changes().dryRun();
    Optional<EntryStat> old = listed == null || simple ? Optional.empty() : lower.stat(name);
    if (old.filter(EntryStat::isDirectory).isPresent()) {
      removal.remove(lower, name, EntryType.DIRECTORY, level.place());
    }
    if (run.changes().dryRun()) {
      old.filter(file -> file.type() == EntryType.FILE).ifPresent(run.tally()::freed);
    }
    boolean gone;
    try {
      gone = put(level, name, stat, xattrs, old.orElse(null), metacopy);
    } catch (AtomicMoveNotSupportedException e) {
      if (level.copies()) {
        throw e;
      }
      level.crossing().found(run);
      return false;
    }
    boolean shown = simple || (old.isPresent() && !old.get().isWhiteoutDevice());
    MergeAction action = shown ? MergeAction.REPLACED : MergeAction.ADDED;
    run.tally().moved(action, level.place(), name, stat);
    return gone;
  }

  /** Merges an entry without a stat, unless the entry of the lower needs one. */
  boolean mergePlain(Level level, LayerEntry entry, List<String> marks, LayerEntry listed)
      throws IOException {
    Name name = entry.name();
    LayerEntry old = listed;
    if (listed != null && listed.type() == EntryType.UNKNOWN) {
      Optional<EntryStat> stat = level.lower().stat(name);
      old = stat.map(there -> new LayerEntry(name, there.type(), there.inode())).orElse(null);
    }
    if (old != null && !isReplacedByRename(entry, old)) {
      return merge(level, name, LayerEntries.present(level.upper(), name), marks, old.type());
    }
    run.changes().strip(level.upper(), name, marks);
    try {
      run.changes().rename(level.upper(), name, level.lower(), name);
    } catch (AtomicMoveNotSupportedException e) {
      level.crossing().found(run);
      return false;
    }
    run.tally().add(old == null ? MergeAction.ADDED : MergeAction.REPLACED, level.place(), name);
    return true;
  }

  /** A rename between two names of one inode does nothing. */
  private static boolean isReplacedByRename(LayerEntry entry, LayerEntry old) {
    return Run.SIMPLE.contains(old.type()) && entry.inode() != 0 && entry.inode() != old.inode();
  }

  private boolean put(
      Level level, Name name, EntryStat stat, List<String> xattrs, EntryStat old, boolean metacopy)
      throws IOException {
    if (run.changes().dryRun()) {
      return true;
    }
    boolean linked = copy.isLinked(level, stat, xattrs);
    if (metacopy && !linked && hasData(level, name, old) && old.links() == 1) {
      // The data is in place. It only needs the attributes of the upper's entry.
      run.changes().copyAttributes(level.upper(), name, stat, level.lower(), name);
      return done(level, name, xattrs);
    }
    boolean apart = linked && run.copiesLinks();
    if (metacopy || apart || level.copies() || isProtected(xattrs)) {
      copy.put(level, name, stat, xattrs);
      return done(level, name, xattrs);
    }
    run.changes().strip(level.upper(), name, xattrs);
    if (old != null && stat.sameInode(old)) {
      // A rename between two names of one inode does nothing.
      run.changes().remove(level.upper(), name);
    } else {
      run.changes().rename(level.upper(), name, level.lower(), name);
    }
    return true;
  }

  private boolean isProtected(List<String> xattrs) {
    return run.protects() && xattrs.contains(Mark.PROTATTR.xattr(run.marks()));
  }

  private boolean hasData(Level level, Name name, EntryStat old) throws IOException {
    return old != null
        && old.type() == EntryType.FILE
        && level.lower().xattr(name, Mark.METACOPY.xattr(run.marks())).isEmpty();
  }

  /**
   * Removes the upper's entry, which the lower's now replaces, unless {@link LeafCopy} needs it.
   */
  private boolean done(Level level, Name name, List<String> xattrs) throws IOException {
    if (isProtected(xattrs)) {
      run.changes().protect(level.lower(), name, run.protection(level.upper(), name));
    }
    if (level.copies()) {
      return false;
    }
    run.changes().remove(level.upper(), name);
    return true;
  }
}
