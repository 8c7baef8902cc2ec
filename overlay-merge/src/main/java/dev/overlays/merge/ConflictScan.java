package dev.overlays.merge;

import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.MergedDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes through what all instances show at once, and looks at each name that one of them has changed
 * or deleted: do the others rely on what the lowers have there, or have they something else?
 */
final class ConflictScan {
  private final Conflicts conflicts;

  ConflictScan(Conflicts conflicts) {
    this.conflicts = conflicts;
  }

  /** Scans a directory; the lower is what the lowers have in its place. */
  void scan(List<Instance> instances, MergedDirectory lower, Place place) throws IOException {
    boolean hides = false;
    for (int i = 0; i < instances.size(); i++) {
      List<Instance> earlier = instances.subList(0, i);
      Instance instance = instances.get(i);
      hides |= instance.showsDirectory() && !instance.natural();
      instance.forEach(
          name -> {
            if (!oneHas(earlier, name)) {
              entry(instances, lower, name, place);
            }
          });
    }
    if (hides) {
      lower.forEach(
          shown -> {
            if (!oneHas(instances, shown.name())) {
              entry(instances, lower, shown.name(), place);
            }
          });
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

  private void entry(List<Instance> instances, MergedDirectory lower, Name name, Place place)
      throws IOException {
    if (LowerStaging.isName(name)) {
      return;
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
    if (versions.stream().anyMatch(v -> v.isDirectory() && v.state() != Version.State.LOWER)) {
      inside(versions, lower, name, place);
    }
  }

  /** One conflict a name: between the first two instances that do not go together. */
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

  /** What is in a directory that is not shown is not told of again. */
  private static boolean hides(Version version, MergedDirectory.Shown below) {
    return version.instance().showsDirectory()
        && switch (version.state()) {
          case NOTHING -> true;
          case OWN -> version.isDirectory() != below.stat().isDirectory();
          case LOWER, MERGED -> false;
        };
  }

  /** A directory in place of one of the lowers' replaces what others have put in there, too. */
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

  private void inside(List<Version> versions, MergedDirectory lower, Name name, Place place)
      throws IOException {
    List<Instance> inner = new ArrayList<>();
    try (MergedDirectory lowerInside = lower.open(name)) {
      for (Version version : versions) {
        inner.add(version.open());
      }
      scan(inner, lowerInside, place.in(name));
    } finally {
      Instances.closeAll(inner);
    }
  }
}
