package dev.overlays.merge.shared;

import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.report.Conflict;
import dev.overlays.merge.report.ConflictKind;
import dev.overlays.merge.run.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks through the views of all instances at once. Checks for each name that one of them has
 * changed or deleted whether the others rely on what the lowers have there, or have changed it,
 * too.
 */
final class ConflictScan {
  private final Conflicts conflicts;

  ConflictScan(Conflicts conflicts) {
    this.conflicts = conflicts;
  }

  /** Scans from the roots, which stay open. {@code lower} is the merged root of the lowers. */
  void scan(List<Instance> roots, MergedDirectory lower) throws IOException {
    TreeWalk.run(new Scan(roots, lower, Place.ROOT));
  }

  /**
   * Scans one directory: the names of one instance after the other, then those that an instance
   * hides.
   */
  private final class Scan implements TreeWalk.Step {
    private final List<Instance> instances;
    private final MergedDirectory lower;
    private final Place place;
    private int next;
    private boolean hides;
    private Instance.NameCursor names = () -> null;

    /** Closes all handles, except those of the roots. */
    Scan(List<Instance> instances, MergedDirectory lower, Place place) {
      this.instances = instances;
      this.lower = lower;
      this.place = place;
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      while (true) {
        Name name = names.next();
        if (name == null) {
          if (!hasMore()) {
            return null;
          }
        } else if (!oneHas(instances.subList(0, next - 1), name)) {
          TreeWalk.Step inner = entry(instances, lower, name, place);
          if (inner != null) {
            return inner;
          }
        }
      }
    }

    private boolean hasMore() throws IOException {
      if (next < instances.size()) {
        Instance instance = instances.get(next);
        hides |= instance.showsDirectory() && !instance.natural();
        names = instance.names();
      } else if (next == instances.size() && hides) {
        MergedDirectory.ShownCursor shown = lower.entries();
        names =
            () -> {
              MergedDirectory.Shown entry = shown.next();
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
          Instances.closeAll(instances);
        }
      }
    }
  }

  private static boolean oneHas(List<Instance> instances, Name name) throws IOException {
    for (Instance instance : instances) {
      if (instance.has(name)) {
        return true;
      }
    }
    return false;
  }

  private TreeWalk.Step entry(
      List<Instance> instances, MergedDirectory lower, Name name, Place place) throws IOException {
    if (LowerStaging.isName(name)) {
      return null;
    }
    List<Version> versions = new ArrayList<>();
    boolean taken = false;
    for (Instance instance : instances) {
      instance.version(name).ifPresent(versions::add);
      taken |= instance.selection().below(name).takesEntry();
    }
    if (taken) {
      report(versions, lower.find(name).orElse(null), place);
    }
    return versions.stream().anyMatch(v -> v.isDirectory() && v.state() != Version.State.LOWER)
        ? inside(versions, lower, name, place)
        : null;
  }

  /**
   * Reports at most one conflict for a name: between the first two instances that contradict each
   * other.
   */
  private void report(List<Version> versions, MergedDirectory.Shown below, Place place)
      throws IOException {
    for (ConflictKind kind : ConflictKind.values()) {
      for (int i = 0; i < versions.size(); i++) {
        for (int j = 0; j < versions.size(); j++) {
          Version one = versions.get(i);
          Version other = versions.get(j);
          if (i != j && is(kind, one, other, below)) {
            conflicts.add(
                new Conflict(
                    kind,
                    place.path(one.name()),
                    one.instance().upper(),
                    other.instance().upper()));
            return;
          }
        }
      }
    }
  }

  private static boolean is(
      ConflictKind kind, Version one, Version other, MergedDirectory.Shown below)
      throws IOException {
    return switch (kind) {
      case DELETED ->
          one.instance().merging() && below != null && hides(one, below) && other.showsLower();
      case CHANGED ->
          (one.instance().merging() || other.instance().merging())
              && isChange(one, below)
              && isChange(other, below)
              && !areAlike(one, other);
    };
  }

  /**
   * Whether an instance hides the lower's entry. Entries of a directory that is not shown do not
   * count again.
   */
  private static boolean hides(Version version, MergedDirectory.Shown below) {
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
  private static boolean isChange(Version version, MergedDirectory.Shown below) {
    Instance instance = version.instance();
    return switch (version.state()) {
      case NOTHING -> below != null || (instance.showsDirectory() && !instance.natural());
      case OWN, MERGED -> true;
      case LOWER -> false;
    };
  }

  private static boolean areAlike(Version one, Version other) throws IOException {
    if (one.stat() == null || other.stat() == null) {
      return one.stat() == null && other.stat() == null;
    }
    return Sameness.areAlike(one, other);
  }

  private TreeWalk.Step inside(
      List<Version> versions, MergedDirectory lower, Name name, Place place) throws IOException {
    List<Instance> inner = new ArrayList<>();
    MergedDirectory lowerInside = lower.open(name);
    try {
      for (Version version : versions) {
        inner.add(version.open());
      }
      return new Scan(inner, lowerInside, place.in(name));
    } catch (IOException | RuntimeException | Error e) {
      try (lowerInside) {
        Instances.closeAll(inner);
        throw e;
      }
    }
  }
}
