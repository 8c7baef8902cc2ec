package dev.overlays.merge.vacuum;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.apply.ListingLookup;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.diff.EntryComparison;
import dev.overlays.merge.run.CancellationCheck;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.WorkerPool;
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
  private static final int MOST_PASSES = 100;

  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final RedundancyCheck redundancy;
  private final VacuumTally tally;
  private final WorkerPool workers;
  private final CancellationCheck cancellation;

  VacuumWalk(
      LayerChanges changes,
      MarkNamespace marks,
      RedundancyCheck redundancy,
      VacuumTally tally,
      WorkerPool workers,
      CancellationCheck cancellation) {
    this.changes = changes;
    this.marks = marks;
    this.redundancy = redundancy;
    this.tally = tally;
    this.workers = workers;
    this.cancellation = cancellation;
  }

  /** Cleans the upper. Its root stays. */
  void cleanUpper(VacuumLevel level) throws IOException {
    workers.run(new DirectoryStep(null, level, null, null));
  }

  /** Cleans the entries of a directory. */
  private final class ChildrenStep implements TreeWalk.WalkStep {
    private final VacuumLevel level;
    private final ListingLookup listings;
    private final DirectoryTasks joins = new DirectoryTasks(workers);
    private EntryCursor entries;
    private boolean listed;

    ChildrenStep(VacuumLevel level) {
      this.level = level;
      listings = new ListingLookup(level.upper());
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (listed) {
        return null;
      }
      if (entries == null) {
        entries = level.upper().entries();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        TreeWalk.WalkStep inner = cleanEntry(level, entry, listings, joins);
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

  private TreeWalk.WalkStep cleanEntry(
      VacuumLevel level, LayerEntry entry, ListingLookup listings, DirectoryTasks joins)
      throws IOException {
    cancellation.throwIfCancelled();
    workers.throwIfFailed();
    Name name = entry.name();
    EntrySelection inner = level.selection().selectionBelow(name);
    if (inner.takesNothing()) {
      joins.recordKept();
    } else if (isDirectory(level, entry)) {
      return joins.beginOrDefer(
          entry, () -> new DirectoryStep(level, level.openInner(name, inner), name, joins));
    } else {
      joins.recordOutcome(
          removeIfRedundant(
              level,
              new EntryComparison.UpperEntry(level.upper(), name, listings.statUpper(entry))));
    }
    return null;
  }

  private static boolean isDirectory(VacuumLevel level, LayerEntry entry) throws IOException {
    return entry.type() == EntryType.UNKNOWN
        ? LayerEntries.requireStat(level.upper(), entry.name()).isDirectory()
        : entry.type() == EntryType.DIRECTORY;
  }

  private boolean removeIfRedundant(VacuumLevel level, EntryComparison.UpperEntry entry)
      throws IOException {
    return LayerEntries.isWhiteout(entry.directory(), entry.name(), entry.stat(), marks)
        ? removeWhiteout(level, entry.name())
        : removeLeaf(level, entry);
  }

  private boolean removeWhiteout(VacuumLevel level, Name name) throws IOException {
    if (level.below().findShown(name).isPresent()) {
      return false;
    }
    level.rememberTime();
    changes.removeEntry(level.upper(), name);
    tally.countWhiteout();
    return true;
  }

  private boolean removeLeaf(VacuumLevel level, EntryComparison.UpperEntry entry)
      throws IOException {
    OptionalLong freed = redundancy.bytesOfRedundantLeaf(entry, level.below());
    if (freed.isEmpty()) {
      return false;
    }
    level.rememberTime();
    changes.removeEntry(level.upper(), entry.name());
    tally.countFile(freed.getAsLong());
    return true;
  }

  /**
   * Cleans a directory, and removes it if it is empty then. The root, which has no outer level,
   * stays.
   */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final VacuumLevel outer;
    private final VacuumLevel level;
    private final Name name;
    private final DirectoryTasks joins;
    private ChildrenStep children;
    private int passes;

    DirectoryStep(VacuumLevel outer, VacuumLevel level, Name name, DirectoryTasks joins) {
      this.outer = outer;
      this.level = level;
      this.name = name;
      this.joins = joins;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (children == null) {
        level.readTime(marks);
        children = new ChildrenStep(level);
        return children;
      }
      workers.throwIfFailed();
      if (outer == null) {
        level.restoreTime();
        return null;
      }
      if (children.joins.allMerged() && isRedundant()) {
        outer.rememberTime();
        try {
          changes.removeDirectory(outer.upper(), name);
          tally.countDirectory();
          joins.recordOutcome(true);
          return null;
        } catch (DirectoryNotEmptyException e) {
          // Another listing has the rest.
          if (++passes < MOST_PASSES) {
            children = new ChildrenStep(level);
            return children;
          }
        }
      }
      level.restoreTime();
      joins.recordKept();
      return null;
    }

    private boolean isRedundant() throws IOException {
      EntryComparison.UpperEntry entry =
          new EntryComparison.UpperEntry(outer.upper(), name, level.statBefore());
      return redundancy.isRedundantDirectory(entry, level.below());
    }

    @Override
    public void close() throws IOException {
      if (outer != null) {
        level.close();
      }
    }
  }
}
