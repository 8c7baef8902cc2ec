package dev.overlays.merge.shared;

import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.report.Conflict;
import dev.overlays.merge.report.ConflictKind;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks through the views of all instances at once. Checks for each name that one of them has
 * changed or deleted whether the others rely on what the lowers have there, or have changed it,
 * too.
 */
final class ConflictScan {
  private final ConflictTally conflicts;

  ConflictScan(ConflictTally conflicts) {
    this.conflicts = conflicts;
  }

  /** Scans from the roots, which stay open. {@code lower} is the merged root of the lowers. */
  void scanRoots(List<InstancePlace> roots, MergedDirectory lower) throws IOException {
    TreeWalk.run(new DirectoryScan(roots, lower, TreePlace.ROOT));
  }

  /**
   * Scans one directory: the names of one instance after the other, then those that an instance
   * hides.
   */
  private final class DirectoryScan implements TreeWalk.WalkStep {
    private final List<InstancePlace> instances;
    private final MergedDirectory lower;
    private final TreePlace place;
    private int next;
    private boolean anyHidesLower;
    private InstancePlace.NameCursor names = () -> null;

    /** Closes all handles, except those of the roots. */
    DirectoryScan(List<InstancePlace> instances, MergedDirectory lower, TreePlace place) {
      this.instances = instances;
      this.lower = lower;
      this.place = place;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      while (true) {
        Name name = names.nextName();
        if (name == null) {
          if (!openNextNames()) {
            return null;
          }
        } else if (!anyChanges(instances.subList(0, next - 1), name)) {
          TreeWalk.WalkStep inner = scanEntry(instances, lower, name, place);
          if (inner != null) {
            return inner;
          }
        }
      }
    }

    private boolean openNextNames() throws IOException {
      if (next < instances.size()) {
        InstancePlace instance = instances.get(next);
        anyHidesLower |= instance.showsDirectory() && !instance.sameAsLower();
        names = instance.changedNames();
      } else if (next == instances.size() && anyHidesLower) {
        MergedDirectory.ShownCursor shown = lower.shownEntries();
        names =
            () -> {
              MergedDirectory.ShownEntry entry = shown.nextShown();
              return entry == null ? null : entry.name();
            };
      } else {
        return false;
      }
      next++;
      return true;
    }

    @Override
    public void close() throws IOException {
      if (!place.isRoot()) {
        try (lower) {
          InstanceRoots.closeAll(instances);
        }
      }
    }
  }

  private static boolean anyChanges(List<InstancePlace> instances, Name name) throws IOException {
    for (InstancePlace instance : instances) {
      if (instance.changesName(name)) {
        return true;
      }
    }
    return false;
  }

  private TreeWalk.WalkStep scanEntry(
      List<InstancePlace> instances, MergedDirectory lower, Name name, TreePlace place)
      throws IOException {
    if (LowerStaging.isStagingName(name)) {
      return null;
    }
    List<InstanceEntry> versions = new ArrayList<>();
    boolean taken = false;
    for (InstancePlace instance : instances) {
      instance.entryOf(name).ifPresent(versions::add);
      taken |= instance.selection().selectionBelow(name).takesEntry();
    }
    if (taken) {
      reportConflict(versions, lower.findShown(name).orElse(null), place);
    }
    return versions.stream()
            .anyMatch(v -> v.isDirectory() && v.state() != InstanceEntry.EntryState.LOWER)
        ? openInside(versions, lower, name, place)
        : null;
  }

  /**
   * Reports at most one conflict for a name: between the first two instances that contradict each
   * other.
   */
  private void reportConflict(
      List<InstanceEntry> versions, MergedDirectory.ShownEntry below, TreePlace place)
      throws IOException {
    for (ConflictKind kind : ConflictKind.values()) {
      for (int i = 0; i < versions.size(); i++) {
        for (int j = 0; j < versions.size(); j++) {
          InstanceEntry one = versions.get(i);
          InstanceEntry other = versions.get(j);
          if (i != j && isConflict(kind, one, other, below)) {
            conflicts.addConflict(
                new Conflict(
                    kind,
                    place.pathOf(one.name()),
                    one.instance().upper(),
                    other.instance().upper()));
            return;
          }
        }
      }
    }
  }

  private static boolean isConflict(
      ConflictKind kind, InstanceEntry one, InstanceEntry other, MergedDirectory.ShownEntry below)
      throws IOException {
    return switch (kind) {
      case DELETED ->
          one.instance().isToBeMerged()
              && below != null
              && hidesLower(one, below)
              && other.showsLower();
      case CHANGED ->
          (one.instance().isToBeMerged() || other.instance().isToBeMerged())
              && isChange(one, below)
              && isChange(other, below)
              && !areAlike(one, other);
    };
  }

  /**
   * Whether an instance hides the lower's entry. Entries of a directory that is not shown do not
   * count again.
   */
  private static boolean hidesLower(InstanceEntry version, MergedDirectory.ShownEntry below) {
    return version.instance().showsDirectory()
        && switch (version.state()) {
          case NOTHING -> true;
          case OWN -> version.isDirectory() != below.stat().isDirectory();
          case LOWER, MERGED -> false;
        };
  }

  /**
   * Whether an instance has changed an entry. A directory that replaces one of the lowers also
   * replaces what others have put into it.
   */
  private static boolean isChange(InstanceEntry version, MergedDirectory.ShownEntry below) {
    InstancePlace instance = version.instance();
    return switch (version.state()) {
      case NOTHING -> below != null || (instance.showsDirectory() && !instance.sameAsLower());
      case OWN, MERGED -> true;
      case LOWER -> false;
    };
  }

  private static boolean areAlike(InstanceEntry one, InstanceEntry other) throws IOException {
    if (one.stat() == null || other.stat() == null) {
      return one.stat() == null && other.stat() == null;
    }
    return EntryEquality.areAlike(one, other);
  }

  private TreeWalk.WalkStep openInside(
      List<InstanceEntry> versions, MergedDirectory lower, Name name, TreePlace place)
      throws IOException {
    List<InstancePlace> inner = new ArrayList<>();
    MergedDirectory lowerInside = lower.openMerged(name);
    try {
      for (InstanceEntry version : versions) {
        inner.add(version.openDirectory());
      }
      return new DirectoryScan(inner, lowerInside, place.resolveChild(name));
    } catch (IOException | RuntimeException | Error e) {
      try (lowerInside) {
        InstanceRoots.closeAll(inner);
        throw e;
      }
    }
  }
}
