package dev.overlays.merge.vacuum;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.apply.Listings;
import dev.overlays.merge.change.Changes;
import dev.overlays.merge.diff.Comparison;
import dev.overlays.merge.run.Cancellation;
import dev.overlays.merge.run.Joins;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Workers;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.util.OptionalLong;

/**
 * Walks through an upper and removes redundant entries, with one open handle per layer and level.
 * The order does not matter, since whether an entry is redundant does not depend on other entries
 * of the upper.
 */
final class VacuumWalk {
  /** Some file systems skip entries of a listing while others are removed. */
  private static final int TRIES = 100;

  private final Changes changes;
  private final MarkNamespace marks;
  private final Redundancy redundancy;
  private final VacuumTally tally;
  private final Workers workers;
  private final Cancellation cancellation;

  VacuumWalk(
      Changes changes,
      MarkNamespace marks,
      Redundancy redundancy,
      VacuumTally tally,
      Workers workers,
      Cancellation cancellation) {
    this.changes = changes;
    this.marks = marks;
    this.redundancy = redundancy;
    this.tally = tally;
    this.workers = workers;
    this.cancellation = cancellation;
  }

  /** Cleans the upper. Its root stays. */
  void root(VacuumLevel level) throws IOException {
    workers.run(new Directory(null, level, null, null));
  }

  /** Cleans the entries of a directory. */
  private final class Children implements TreeWalk.Step {
    private final VacuumLevel level;
    private final Listings listings;
    private final Joins joins = new Joins(workers);
    private EntryCursor entries;
    private boolean listed;

    Children(VacuumLevel level) {
      this.level = level;
      listings = new Listings(level.upper(), null);
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      if (listed) {
        return null;
      }
      if (entries == null) {
        entries = level.upper().entries();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        TreeWalk.Step inner = child(level, entry, listings, joins);
        if (inner != null) {
          return inner;
        }
      }
      listed = true;
      return joins;
    }

    @Override
    public void close() {
      // The handles belong to the level.
    }
  }

  private TreeWalk.Step child(VacuumLevel level, LayerEntry entry, Listings listings, Joins joins)
      throws IOException {
    cancellation.check();
    workers.check();
    Name name = entry.name();
    Selection inner = level.selection().below(name);
    if (inner.isNothing()) {
      joins.kept();
    } else if (isDirectory(level, entry)) {
      return joins.add(entry, () -> new Directory(level, level.open(name, inner), name, joins));
    } else {
      joins.took(isGone(level, new Comparison.Entry(level.upper(), name, listings.upper(entry))));
    }
    return null;
  }

  private static boolean isDirectory(VacuumLevel level, LayerEntry entry) throws IOException {
    return entry.type() == EntryType.UNKNOWN
        ? LayerEntries.present(level.upper(), entry.name()).isDirectory()
        : entry.type() == EntryType.DIRECTORY;
  }

  private boolean isGone(VacuumLevel level, Comparison.Entry entry) throws IOException {
    return LayerEntries.isWhiteout(entry.directory(), entry.name(), entry.stat(), marks)
        ? whiteout(level, entry.name())
        : leaf(level, entry);
  }

  private boolean whiteout(VacuumLevel level, Name name) throws IOException {
    if (level.below().find(name).isPresent()) {
      return false;
    }
    level.remember();
    changes.remove(level.upper(), name);
    tally.whiteout();
    return true;
  }

  private boolean leaf(VacuumLevel level, Comparison.Entry entry) throws IOException {
    OptionalLong freed = redundancy.ofLeaf(entry, level.below());
    if (freed.isEmpty()) {
      return false;
    }
    level.remember();
    changes.remove(level.upper(), entry.name());
    tally.file(freed.getAsLong());
    return true;
  }

  /**
   * Cleans a directory, and removes it if it is empty then. The root, which has no outer level,
   * stays.
   */
  private final class Directory implements TreeWalk.Step {
    private final VacuumLevel outer;
    private final VacuumLevel level;
    private final Name name;
    private final Joins joins;
    private Children children;
    private int tries;

    Directory(VacuumLevel outer, VacuumLevel level, Name name, Joins joins) {
      this.outer = outer;
      this.level = level;
      this.name = name;
      this.joins = joins;
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      if (children == null) {
        level.begin(marks);
        children = new Children(level);
        return children;
      }
      workers.check();
      if (outer == null) {
        level.end();
        return null;
      }
      if (children.joins.areGone() && isRedundant()) {
        outer.remember();
        try {
          changes.removeDirectory(outer.upper(), name);
          tally.directory();
          joins.took(true);
          return null;
        } catch (DirectoryNotEmptyException e) {
          // Another listing has the rest.
          if (++tries < TRIES) {
            children = new Children(level);
            return children;
          }
        }
      }
      level.end();
      joins.kept();
      return null;
    }

    private boolean isRedundant() throws IOException {
      Comparison.Entry entry = new Comparison.Entry(outer.upper(), name, level.before());
      return redundancy.ofDirectory(entry, level.below());
    }

    @Override
    public void close() throws IOException {
      if (outer != null) {
        level.close();
      }
    }
  }
}
