package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Walks through an upper and merges each entry into the lower, with one open handle per layer and
 * level. The order of the steps keeps the view unchanged: an entry of the lower is removed while
 * the upper hides it, and the hiding entry is removed last.
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

  /** Returns the step that merges the entries of the roots. */
  TreeWalk.WalkStep rootStep(MergeLevel root) {
    return new TreeWalk.WalkStep() {
      private ChildrenMergeStep last;

      @Override
      public TreeWalk.WalkStep nextStep() throws IOException {
        boolean again =
            last == null || (last.anyGone() && !run.changes().isDryRun() && !root.usesCopies());
        if (!again) {
          return null;
        }
        last = childrenStep(last == null ? root : root.forNextPass());
        return last;
      }

      @Override
      public void close() {
        // The caller closes the roots.
      }
    };
  }

  /**
   * Merges the attributes of the roots, given those of the upper's before the merge. The upper's
   * root stays.
   */
  void mergeRoots(MergeLevel root, EntryStat before) throws IOException {
    if (root.selection().takesEntry()) {
      run.changes().copyAttributes(root.upper(), Name.SELF, before, root.lower(), Name.SELF);
      run.tally().countAction(MergeAction.UPDATED, TreePlace.ROOT, Name.SELF);
    }
    if (root.usesCopies()) {
      root.transfer().finishCopies(root, run);
    }
  }

  /**
   * Returns the step that merges the entries of a directory. It ends after the tasks of other
   * workers.
   */
  ChildrenMergeStep childrenStep(MergeLevel level) {
    return new ChildrenMergeStep(this, level, run);
  }

  /** Merges an entry, or returns the step that does. */
  TreeWalk.WalkStep mergeEntry(
      MergeLevel level, LayerEntry entry, ListingLookup listings, DirectoryTasks joins)
      throws IOException {
    Name name = entry.name();
    boolean isStaging = level.place().isRoot() && name.equals(run.staging());
    if (isStaging || level.transfer().isStagingName(name)) {
      return null;
    }
    EntrySelection inner = level.selection().selectionBelow(name);
    if (inner.takesNothing()) {
      level.countKept(run.tally(), name);
      joins.recordKept();
      return null;
    }
    if (entry.type() == EntryType.DIRECTORY) {
      return mergeDirectory(level, entry, inner, joins);
    }
    Optional<List<String>> plain =
        level.isNextPass() || level.usesCopies()
            ? Optional.empty()
            : run.plainMarks(level.place(), entry);
    if (plain.isPresent() && inner.takesEntry() && !level.keepsEntry(name)) {
      joins.recordOutcome(leaves.mergePlain(level, entry, plain.get(), listings.findInLower(name)));
      return null;
    }
    if (inner.takesEntry()
        && !level.isNextPass()
        && run.isPlainCopy(level.place(), entry)
        && !level.keepsEntry(name)) {
      leaves.copyPlain(level, name, listings.findInLower(name));
      joins.recordOutcome(false);
      return null;
    }
    EntryStat stat = listings.statUpper(entry);
    if (stat.isDirectory()) {
      return mergeDirectory(level, entry, inner, joins);
    }
    joins.recordOutcome(inner.takesEntry() && mergeLeaf(level, name, stat, listings));
    return null;
  }

  /** Merges a directory. In a second pass, a directory that has to stay is left alone. */
  private TreeWalk.WalkStep mergeDirectory(
      MergeLevel level, LayerEntry entry, EntrySelection inner, DirectoryTasks joins)
      throws IOException {
    if (level.isNextPass() && (level.hasOthers() || !inner.takesAll())) {
      joins.recordKept();
      return null;
    }
    return joins.beginOrDefer(
        entry, () -> directories.beginDirectory(level, entry.name(), inner, joins));
  }

  private boolean mergeLeaf(MergeLevel level, Name name, EntryStat stat, ListingLookup listings)
      throws IOException {
    if (stat.isWhiteoutDevice()) {
      return whiteouts.mergeWhiteout(level, name, stat);
    }
    List<String> xattrs = run.listXattrs(level.upper(), level.place(), name, stat);
    if (stat.size() == 0
        && stat.type() == EntryType.FILE
        && xattrs.contains(Mark.WHITEOUT.xattr(run.marks()))) {
      return whiteouts.mergeWhiteout(level, name, stat);
    }
    if (level.keepsEntry(name)) {
      level.countKept(run.tally(), name);
      return false;
    }
    LayerEntry listed = listings.findInLower(name);
    return leaves.mergeLeaf(level, name, stat, xattrs, listed == null ? null : listed.type());
  }
}
