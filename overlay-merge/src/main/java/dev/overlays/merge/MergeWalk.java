package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Goes through an upper and folds each entry into the lower, with one handle of each layer a level.
 * The order of the steps keeps the view as it is: what is in the way in the lower goes while the
 * upper hides it, and what hides goes last.
 */
final class MergeWalk {
  private final Run run;
  private final LeafMerge leaves;
  private final WhiteoutMerge whiteouts;
  private final DirectoryMerge directories;
  private final UpperRemoval removal;

  MergeWalk(Run run, LowerRemoval lowerRemoval, LeafCopy copy, RenamedPreview preview) {
    this.run = run;
    leaves = new LeafMerge(run, lowerRemoval, copy);
    whiteouts = new WhiteoutMerge(run, lowerRemoval);
    directories = new DirectoryMerge(run, lowerRemoval, preview, this);
    removal = new UpperRemoval(run);
  }

  /** Merges what is in the roots. */
  void roots(Level root) throws IOException {
    boolean again = children(root).anyGone();
    while (again && !run.changes().dryRun() && !run.copies()) {
      again = children(root.onceMore()).anyGone();
    }
  }

  /** Merges the roots themselves, as the upper's was before; it stays. */
  void finish(Level root, EntryStat before) throws IOException {
    if (root.selection().takesEntry()) {
      run.changes().copyAttributes(root.upper(), Name.SELF, before, root.lower(), Name.SELF);
      run.tally().add(MergeAction.UPDATED, Place.ROOT, Name.SELF);
    }
    if (run.copies()) {
      run.changes().sync(root.lower());
      removal.leaves(root);
    }
  }

  /** Merges what is in a directory; all that was given to other workers is done then. */
  Joins children(Level level) throws IOException {
    Listings listings = new Listings(level.upper(), level.lower());
    try (Joins joins = new Joins(run.workers())) {
      EntryCursor entries = level.upper().entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        run.check();
        entry(level, entry, listings, joins);
      }
      joins.joinAll();
      return joins;
    }
  }

  private void entry(Level level, LayerEntry entry, Listings listings, Joins joins)
      throws IOException {
    Name name = entry.name();
    if (level.place().isRoot() && name.equals(run.staging())) {
      return;
    }
    Selection inner = level.selection().below(name);
    if (inner.isNothing()) {
      run.tally().kept(level, name);
      joins.kept();
      return;
    }
    if (entry.type() == EntryType.DIRECTORY) {
      directory(level, entry, inner, joins);
      return;
    }
    Optional<List<String>> plain =
        level.again() ? Optional.empty() : run.plain(level.place(), entry);
    if (plain.isPresent() && inner.takesEntry() && !level.keeps(name)) {
      joins.took(leaves.mergePlain(level, entry, plain.get(), listings.lower(name)));
      return;
    }
    EntryStat stat = listings.upper(entry);
    if (stat.isDirectory()) {
      directory(level, entry, inner, joins);
    } else if (inner.takesEntry()) {
      joins.took(leaf(level, name, stat, listings));
    } else {
      joins.kept();
    }
  }

  /** A directory that has been gone through once stays for a reason. */
  private void directory(Level level, LayerEntry entry, Selection inner, Joins joins)
      throws IOException {
    if (level.again() && (level.others() != null || !inner.isAll())) {
      joins.kept();
    } else {
      joins.add(entry, () -> directories.merge(level, entry.name(), inner));
    }
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
      run.tally().kept(level, name);
      return false;
    }
    LayerEntry listed = listings.lower(name);
    return leaves.merge(level, name, stat, xattrs, listed == null ? null : listed.type());
  }
}
