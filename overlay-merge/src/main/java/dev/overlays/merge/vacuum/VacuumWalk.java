package dev.overlays.merge.vacuum;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.apply.ListedTypes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.diff.EntryComparison;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.RunCancellation;
import dev.overlays.merge.run.WorkerThreads;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.util.OptionalLong;

/**
 * Goes through an upper and removes what is redundant, with one handle of each layer a level.
 * Whether an entry is depends on nothing else in the upper, so it does not matter in which order
 * they go.
 */
final class VacuumWalk {
  /** Some file systems leave entries out of a listing while others are removed. */
  private static final int TRIES = 100;

  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final RedundantEntries redundancy;
  private final VacuumTally tally;
  private final WorkerThreads workers;
  private final RunCancellation cancellation;

  VacuumWalk(
      LayerChanges changes,
      MarkNamespace marks,
      RedundantEntries redundancy,
      VacuumTally tally,
      WorkerThreads workers,
      RunCancellation cancellation) {
    this.changes = changes;
    this.marks = marks;
    this.redundancy = redundancy;
    this.tally = tally;
    this.workers = workers;
    this.cancellation = cancellation;
  }

  /** Cleans the root, which stays. */
  void cleanRoot(VacuumLevel level) throws IOException {
    workers.run(new DirectoryStep(null, level, null, null));
  }

  /** Cleans the entries of a directory. */
  private final class EntriesStep implements TreeWalk.Step {
    private final VacuumLevel level;
    private final ListedTypes listings;
    private final DirectoryTasks joins = new DirectoryTasks(workers);
    private EntryCursor entries;
    private boolean listed;

    EntriesStep(VacuumLevel level) {
      this.level = level;
      listings = new ListedTypes(level.upper(), null);
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (listed) {
        return null;
      }
      if (entries == null) {
        entries = level.upper().entries();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        TreeWalk.Step inner = cleanChild(level, entry, listings, joins);
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

  private TreeWalk.Step cleanChild(
      VacuumLevel level, LayerEntry entry, ListedTypes listings, DirectoryTasks joins)
      throws IOException {
    cancellation.checkCancelled();
    workers.checkFailed();
    Name name = entry.name();
    MergeSelection inner = level.selection().selectionBelow(name);
    if (inner.isNothing()) {
      joins.countKept();
    } else if (isDirectory(level, entry)) {
      return joins.addTask(
          entry, () -> new DirectoryStep(level, level.open(name, inner), name, joins));
    } else {
      joins.countTaken(
          isGone(
              level,
              new EntryComparison.ComparedEntry(level.upper(), name, listings.upperStat(entry))));
    }
    return null;
  }

  private static boolean isDirectory(VacuumLevel level, LayerEntry entry) throws IOException {
    return entry.type() == EntryType.UNKNOWN
        ? LayerEntries.present(level.upper(), entry.name()).isDirectory()
        : entry.type() == EntryType.DIRECTORY;
  }

  private boolean isGone(VacuumLevel level, EntryComparison.ComparedEntry entry)
      throws IOException {
    return LayerEntries.isWhiteout(entry.directory(), entry.name(), entry.stat(), marks)
        ? cleanWhiteout(level, entry.name())
        : cleanLeaf(level, entry);
  }

  private boolean cleanWhiteout(VacuumLevel level, Name name) throws IOException {
    if (level.below().find(name).isPresent()) {
      return false;
    }
    level.rememberTimes();
    changes.removeEntry(level.upper(), name);
    tally.countWhiteout();
    return true;
  }

  private boolean cleanLeaf(VacuumLevel level, EntryComparison.ComparedEntry entry)
      throws IOException {
    OptionalLong freed = redundancy.ofLeaf(entry, level.below());
    if (freed.isEmpty()) {
      return false;
    }
    level.rememberTimes();
    changes.removeEntry(level.upper(), entry.name());
    tally.countFile(freed.getAsLong());
    return true;
  }

  /** Cleans a directory, which goes if nothing is left in it; the root, without an outer, stays. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final VacuumLevel outer;
    private final VacuumLevel level;
    private final Name name;
    private final DirectoryTasks joins;
    private EntriesStep children;
    private int tries;

    DirectoryStep(VacuumLevel outer, VacuumLevel level, Name name, DirectoryTasks joins) {
      this.outer = outer;
      this.level = level;
      this.name = name;
      this.joins = joins;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (children == null) {
        level.beginLevel(marks);
        children = new EntriesStep(level);
        return children;
      }
      workers.checkFailed();
      if (outer == null) {
        level.endLevel();
        return null;
      }
      if (children.joins.areGone() && isRedundant()) {
        outer.rememberTimes();
        try {
          changes.removeDirectory(outer.upper(), name);
          tally.countDirectory();
          joins.countTaken(true);
          return null;
        } catch (DirectoryNotEmptyException e) {
          // Then another listing tells of the rest.
          if (++tries < TRIES) {
            children = new EntriesStep(level);
            return children;
          }
        }
      }
      level.endLevel();
      joins.countKept();
      return null;
    }

    private boolean isRedundant() throws IOException {
      EntryComparison.ComparedEntry entry =
          new EntryComparison.ComparedEntry(outer.upper(), name, level.statBefore());
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
