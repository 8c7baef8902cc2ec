package dev.overlays.merge.shared;

import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.report.Conflict;
import dev.overlays.merge.report.ConflictKind;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes through what all instances show at once, and looks at each name that one of them has changed
 * or deleted: do the others rely on what the lowers have there, or have they something else?
 */
final class ConflictScan {
  private final ConflictCount conflicts;

  ConflictScan(ConflictCount conflicts) {
    this.conflicts = conflicts;
  }

  /** Scans the roots, which stay open; the lower is what the lowers have in their place. */
  void scanRoots(List<InstanceDirectory> roots, MergedDirectory lower) throws IOException {
    TreeWalk.run(new DirectoryScan(roots, lower, ViewPlace.ROOT));
  }

  /** Scans one directory: the names of one instance after the other, then those that are hidden. */
  private final class DirectoryScan implements TreeWalk.Step {
    private final List<InstanceDirectory> instances;
    private final MergedDirectory lower;
    private final ViewPlace place;
    private int next;
    private boolean hides;
    private InstanceDirectory.NameCursor names = () -> null;

    /** Unless they are the roots, all handles belong to this. */
    DirectoryScan(List<InstanceDirectory> instances, MergedDirectory lower, ViewPlace place) {
      this.instances = instances;
      this.lower = lower;
      this.place = place;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      while (true) {
        Name name = names.nextName();
        if (name == null) {
          if (!hasMore()) {
            return null;
          }
        } else if (!oneHas(instances.subList(0, next - 1), name)) {
          TreeWalk.Step inner = scanEntry(instances, lower, name, place);
          if (inner != null) {
            return inner;
          }
        }
      }
    }

    private boolean hasMore() throws IOException {
      if (next < instances.size()) {
        InstanceDirectory instance = instances.get(next);
        hides |= instance.showsDirectory() && !instance.natural();
        names = instance.nameCursor();
      } else if (next == instances.size() && hides) {
        MergedDirectory.ShownCursor shown = lower.entries();
        names =
            () -> {
              MergedDirectory.ShownEntry entry = shown.next();
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

  private static boolean oneHas(List<InstanceDirectory> instances, Name name) throws IOException {
    for (InstanceDirectory instance : instances) {
      if (instance.hasEntry(name)) {
        return true;
      }
    }
    return false;
  }

  private TreeWalk.Step scanEntry(
      List<InstanceDirectory> instances, MergedDirectory lower, Name name, ViewPlace place)
      throws IOException {
    if (LowerStaging.isName(name)) {
      return null;
    }
    List<InstanceEntry> versions = new ArrayList<>();
    boolean taken = false;
    for (InstanceDirectory instance : instances) {
      instance.entryOf(name).ifPresent(versions::add);
      taken |= instance.selection().selectionBelow(name).takesEntry();
    }
    if (taken) {
      reportConflicts(versions, lower.find(name).orElse(null), place);
    }
    return versions.stream()
            .anyMatch(v -> v.isDirectory() && v.state() != InstanceEntry.EntryState.LOWER)
        ? scanInside(versions, lower, name, place)
        : null;
  }

  /** One conflict a name: between the first two instances that do not go together. */
  private void reportConflicts(
      List<InstanceEntry> versions, MergedDirectory.ShownEntry below, ViewPlace place)
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
          one.instance().merging() && below != null && hidesEntry(one, below) && other.showsLower();
      case CHANGED ->
          (one.instance().merging() || other.instance().merging())
              && isChange(one, below)
              && isChange(other, below)
              && !areAlike(one, other);
    };
  }

  /** What is in a directory that is not shown is not told of again. */
  private static boolean hidesEntry(InstanceEntry version, MergedDirectory.ShownEntry below) {
    return version.instance().showsDirectory()
        && switch (version.state()) {
          case NOTHING -> true;
          case OWN -> version.isDirectory() != below.stat().isDirectory();
          case LOWER, MERGED -> false;
        };
  }

  /** A directory in place of one of the lowers' replaces what others have put in there, too. */
  private static boolean isChange(InstanceEntry version, MergedDirectory.ShownEntry below) {
    InstanceDirectory instance = version.instance();
    return switch (version.state()) {
      case NOTHING -> below != null || (instance.showsDirectory() && !instance.natural());
      case OWN, MERGED -> true;
      case LOWER -> false;
    };
  }

  private static boolean areAlike(InstanceEntry one, InstanceEntry other) throws IOException {
    if (one.stat() == null || other.stat() == null) {
      return one.stat() == null && other.stat() == null;
    }
    return SameContent.areAlike(one, other);
  }

  private TreeWalk.Step scanInside(
      List<InstanceEntry> versions, MergedDirectory lower, Name name, ViewPlace place)
      throws IOException {
    List<InstanceDirectory> inner = new ArrayList<>();
    MergedDirectory lowerInside = lower.open(name);
    try {
      for (InstanceEntry version : versions) {
        inner.add(version.open());
      }
      return new DirectoryScan(inner, lowerInside, place.placeIn(name));
    } catch (IOException | RuntimeException | Error e) {
      try (lowerInside) {
        InstanceRoots.closeAll(inner);
        throw e;
      }
    }
  }
}
