package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
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

  /** Cleans the root, which stays. */
  void root(VacuumLevel level) throws IOException {
    workers.run(
        () -> {
          level.begin(marks);
          children(level);
          level.end();
          return false;
        });
  }

  /** Cleans a directory, and tells whether every entry of its listing has gone. */
  private boolean children(VacuumLevel level) throws IOException {
    try (Joins joins = new Joins(workers)) {
      Listings listings = new Listings(level.upper(), null);
      EntryCursor entries = level.upper().entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        child(level, entry, listings, joins);
      }
      joins.joinAll();
      workers.check();
      return joins.areGone();
    }
  }

  private void child(VacuumLevel level, LayerEntry entry, Listings listings, Joins joins)
      throws IOException {
    cancellation.check();
    workers.check();
    Name name = entry.name();
    Selection inner = level.selection().below(name);
    if (inner.isNothing()) {
      joins.kept();
    } else if (isDirectory(level, entry)) {
      joins.add(entry, () -> directory(level, name, inner));
    } else {
      joins.took(isGone(level, new Comparison.Entry(level.upper(), name, listings.upper(entry))));
    }
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

  private boolean directory(VacuumLevel outer, Name name, Selection selection) throws IOException {
    try (VacuumLevel level = outer.open(name, selection)) {
      level.begin(marks);
      for (int i = 0; i < TRIES && children(level); i++) {
        Comparison.Entry entry = new Comparison.Entry(outer.upper(), name, level.before());
        if (!redundancy.ofDirectory(entry, level.below())) {
          break;
        }
        outer.remember();
        try {
          changes.removeDirectory(outer.upper(), name);
          tally.directory();
          return true;
        } catch (DirectoryNotEmptyException e) {
          // Then another listing tells of the rest.
        }
      }
      level.end();
    }
    return false;
  }
}
