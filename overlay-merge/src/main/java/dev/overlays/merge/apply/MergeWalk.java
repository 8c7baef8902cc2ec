package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.Joins;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Selection;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Walks through an upper and merges each entry into the lower, with one open handle per layer and
 * level. The order of the steps keeps the view unchanged: an entry of the lower is removed while
 * the upper hides it, and the hiding entry is removed last.
 */
final class MergeWalk {
  private final Run run;
  private final LeafMerge leaves;
  private final WhiteoutMerge whiteouts;
  private final DirectoryMerge directories;

  MergeWalk(Run run, LowerRemoval lowerRemoval, LeafCopy copy, RenamedPreview preview) {
    this.run = run;
    leaves = new LeafMerge(run, lowerRemoval, copy);
    whiteouts = new WhiteoutMerge(run, lowerRemoval);
    directories = new DirectoryMerge(run, lowerRemoval, preview, this);
  }

  /** Returns the step that merges the entries of the roots. */
  TreeWalk.Step roots(Level root) {
    return new TreeWalk.Step() {
      private MergeChildren last;

      @Override
      public TreeWalk.Step advance() throws IOException {
        boolean again =
            last == null || (last.anyGone() && !run.changes().dryRun() && !root.copies());
        if (!again) {
          return null;
        }
        last = children(last == null ? root : root.onceMore());
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
  void finish(Level root, EntryStat before) throws IOException {
    if (root.selection().takesEntry()) {
      run.changes().copyAttributes(root.upper(), Name.SELF, before, root.lower(), Name.SELF);
      run.tally().add(MergeAction.UPDATED, Place.ROOT, Name.SELF);
    }
    if (root.copies()) {
      root.crossing().end(root, run);
    }
  }

  /**
   * Returns the step that merges the entries of a directory. It ends after the tasks of other
   * workers.
   */
  MergeChildren children(Level level) {
    return new MergeChildren(this, level, run);
  }

  /** Merges an entry, or returns the step that does. */
  TreeWalk.Step entry(Level level, LayerEntry entry, Listings listings, Joins joins)
      throws IOException {
    Name name = entry.name();
    boolean isStaging = level.place().isRoot() && name.equals(run.staging());
    if (isStaging || level.crossing().isStaging(name)) {
      return null;
    }
    Selection inner = level.selection().below(name);
    if (inner.isNothing()) {
      level.countKept(run.tally(), name);
      joins.kept();
      return null;
    }
    if (entry.type() == EntryType.DIRECTORY) {
      return directory(level, entry, inner, joins);
    }
    Optional<List<String>> plain =
        level.again() || level.copies() ? Optional.empty() : run.plain(level.place(), entry);
    if (plain.isPresent() && inner.takesEntry() && !level.keeps(name)) {
      joins.took(leaves.mergePlain(level, entry, plain.get(), listings.lower(name)));
      return null;
    }
    EntryStat stat = listings.upper(entry);
    if (stat.isDirectory()) {
      return directory(level, entry, inner, joins);
    }
    joins.took(inner.takesEntry() && leaf(level, name, stat, listings));
    return null;
  }

  /** Merges a directory. In a second pass, a directory that has to stay is left alone. */
  private TreeWalk.Step directory(Level level, LayerEntry entry, Selection inner, Joins joins)
      throws IOException {
    if (level.again() && (level.asksOthers() || !inner.isAll())) {
      joins.kept();
      return null;
    }
    return joins.add(entry, () -> directories.begin(level, entry.name(), inner, joins));
  }

  private boolean leaf(Level level, Name name, EntryStat stat, Listings listings)
      throws IOException {
    if (stat.isWhiteoutDevice()) {
      return whiteouts.merge(level, name, stat);
    }
    List<String> xattrs = run.xattrs(level.upper(), level.place(), name, stat);
    if (stat.size() == 0
        && stat.type() == EntryType.FILE
        && xattrs.contains(Mark.WHITEOUT.xattr(run.marks()))) {
      return whiteouts.merge(level, name, stat);
    }
    if (level.keeps(name)) {
      level.countKept(run.tally(), name);
      return false;
    }
    LayerEntry listed = listings.lower(name);
    return leaves.merge(level, name, stat, xattrs, listed == null ? null : listed.type());
  }
}
