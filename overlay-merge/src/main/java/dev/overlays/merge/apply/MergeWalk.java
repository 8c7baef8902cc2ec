package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Goes through an upper and folds each entry into the lower, with one handle of each layer a level.
 * The order of the steps keeps the view as it is: what is in the way in the lower goes while the
 * upper hides it, and what hides goes last.
 */
final class MergeWalk {
  private final MergeRun run;
  private final LeafMerge leaves;
  private final WhiteoutMerge whiteouts;
  private final DirectoryMerge directories;

  MergeWalk(MergeRun run, LowerRemoval lowerRemoval, LeafCopy copy, RenamedPreview preview) {
    this.run = run;
    leaves = new LeafMerge(run, lowerRemoval, copy);
    whiteouts = new WhiteoutMerge(run, lowerRemoval);
    directories = new DirectoryMerge(run, lowerRemoval, preview, this);
  }

  /** Merges what is in the roots. */
  TreeWalk.Step mergeRoots(MergeLevel root) {
    return new TreeWalk.Step() {
      private MergeChildren last;

      @Override
      public TreeWalk.Step nextStep() throws IOException {
        boolean again =
            last == null || (last.anyGone() && !run.changes().dryRun() && !root.copiesEntries());
        if (!again) {
          return null;
        }
        last = mergeChildren(last == null ? root : root.onceMore());
        return last;
      }

      @Override
      public void close() {
        // The roots stay open.
      }
    };
  }

  /** Merges the roots themselves, as the upper's was before; it stays. */
  void finishRoot(MergeLevel root, EntryStat before) throws IOException {
    if (root.selection().takesEntry()) {
      run.changes().copyAttributes(root.upper(), Name.SELF, before, root.lower(), Name.SELF);
      run.tally().countAction(MergeAction.UPDATED, ViewPlace.ROOT, Name.SELF);
    }
    if (root.copiesEntries()) {
      root.crossing().endDirectory(root, run);
    }
  }

  /** Merges what is in a directory; all that was given to other workers is done at its end. */
  MergeChildren mergeChildren(MergeLevel level) {
    return new MergeChildren(this, level, run);
  }

  /** Merges an entry, or returns what is to be walked through for it. */
  TreeWalk.Step mergeEntry(
      MergeLevel level, LayerEntry entry, ListedTypes listings, DirectoryTasks joins)
      throws IOException {
    Name name = entry.name();
    boolean isStaging = level.place().isRoot() && name.equals(run.staging());
    if (isStaging || level.crossing().isStaging(name)) {
      return null;
    }
    MergeSelection inner = level.selection().selectionBelow(name);
    if (inner.isNothing()) {
      level.countKept(run.tally(), name);
      joins.countKept();
      return null;
    }
    if (entry.type() == EntryType.DIRECTORY) {
      return mergeDirectory(level, entry, inner, joins);
    }
    Optional<List<String>> plain =
        level.again() || level.copiesEntries()
            ? Optional.empty()
            : run.plainXattrs(level.place(), entry);
    if (plain.isPresent() && inner.takesEntry() && !level.keepsEntry(name)) {
      joins.countTaken(leaves.mergePlain(level, entry, plain.get(), listings.lowerEntry(name)));
      return null;
    }
    EntryStat stat = listings.upperStat(entry);
    if (stat.isDirectory()) {
      return mergeDirectory(level, entry, inner, joins);
    }
    joins.countTaken(inner.takesEntry() && mergeLeaf(level, name, stat, listings));
    return null;
  }

  /** A directory that has been gone through once stays for a reason. */
  private TreeWalk.Step mergeDirectory(
      MergeLevel level, LayerEntry entry, MergeSelection inner, DirectoryTasks joins)
      throws IOException {
    if (level.again() && (level.others() != null || !inner.isAll())) {
      joins.countKept();
      return null;
    }
    return joins.addTask(
        entry, () -> directories.beginDirectory(level, entry.name(), inner, joins));
  }

  private boolean mergeLeaf(MergeLevel level, Name name, EntryStat stat, ListedTypes listings)
      throws IOException {
    if (stat.isWhiteoutDevice()) {
      return whiteouts.mergeWhiteout(level, name, stat);
    }
    List<String> xattrs = run.knownXattrs(level.upper(), level.place(), name, stat);
    if (stat.size() == 0
        && stat.type() == EntryType.FILE
        && xattrs.contains(Mark.WHITEOUT.xattr(run.marks()))) {
      return whiteouts.mergeWhiteout(level, name, stat);
    }
    if (level.keepsEntry(name)) {
      level.countKept(run.tally(), name);
      return false;
    }
    LayerEntry listed = listings.lowerEntry(name);
    return leaves.mergeLeaf(level, name, stat, xattrs, listed == null ? null : listed.type());
  }
}
