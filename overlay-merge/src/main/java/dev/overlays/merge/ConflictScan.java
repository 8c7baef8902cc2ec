package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Goes through the uppers of all instances at once, and looks at each name that one of them has: do
 * the others rely on what the lower has there, or have they something else?
 */
final class ConflictScan {
  private final MarkNamespace marks;
  private final Conflicts conflicts;

  ConflictScan(MarkNamespace marks, Conflicts conflicts) {
    this.marks = marks;
    this.conflicts = conflicts;
  }

  /** Scans a directory; the lower's is null where it has none. */
  void scan(List<Instance> instances, LayerDirectory lower, Place place) throws IOException {
    for (int i = 0; i < instances.size(); i++) {
      Instance instance = instances.get(i);
      int index = i;
      if (instance.own() != null) {
        Entries.forEach(
            instance.own(),
            (name, type) -> {
              if (!instance.selection().below(name).isNothing()
                  && !isEarlier(instances, index, name)) {
                entry(instances, lower, name, place);
              }
            });
      }
    }
  }

  private static boolean isEarlier(List<Instance> instances, int index, Name name)
      throws IOException {
    for (Instance other : instances.subList(0, index)) {
      if (other.own() != null
          && !other.selection().below(name).isNothing()
          && other.own().stat(name).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private void entry(List<Instance> instances, LayerDirectory lower, Name name, Place place)
      throws IOException {
    Optional<EntryStat> below = lower == null ? Optional.empty() : lower.stat(name);
    List<Version> versions = new ArrayList<>();
    for (Instance instance : instances) {
      versions.add(version(instance, below.orElse(null), name));
    }
    report(versions, name, place, below.isPresent());
    if (versions.stream().anyMatch(version -> version.stat() != null && version.isDirectory())) {
      inside(versions, lower, below.orElse(null), name, place);
    }
  }

  private Version version(Instance instance, EntryStat below, Name name) throws IOException {
    Selection selection = instance.selection().below(name);
    Optional<EntryStat> own =
        instance.own() == null || selection.isNothing()
            ? Optional.empty()
            : instance.own().stat(name);
    if (own.isEmpty()) {
      boolean shown = instance.showsLower() && below != null;
      return new Version(
          instance, shown ? Instance.State.LOWER : Instance.State.NOTHING, null, selection);
    }
    if (LayerEntries.isWhiteout(instance.own(), name, own.get(), marks)) {
      return new Version(instance, Instance.State.NOTHING, null, selection);
    }
    boolean merges =
        own.get().isDirectory()
            && instance.showsLower()
            && below != null
            && below.isDirectory()
            && !LayerEntries.isOpaque(instance.own(), name, marks)
            && instance.own().xattr(name, Mark.REDIRECT.xattr(marks)).isEmpty();
    return new Version(
        instance, merges ? Instance.State.MERGED : Instance.State.OWN, own.get(), selection);
  }

  /** One conflict a name: between the first two instances that do not go together. */
  private void report(List<Version> versions, Name name, Place place, boolean inLower)
      throws IOException {
    for (Version one : versions) {
      for (Version other : versions) {
        Optional<ConflictKind> kind = between(one, other, name, inLower);
        if (kind.isPresent()) {
          conflicts.add(
              new Conflict(
                  kind.get(), place.path(name), one.instance().upper(), other.instance().upper()));
          return;
        }
      }
    }
  }

  private Optional<ConflictKind> between(Version one, Version other, Name name, boolean inLower)
      throws IOException {
    boolean deletes =
        inLower
            && (one.state() == Instance.State.NOTHING
                || (one.state() == Instance.State.OWN && one.isDirectory()));
    if (deletes
        && (other.state() == Instance.State.LOWER || other.state() == Instance.State.MERGED)) {
      return Optional.of(ConflictKind.DELETED);
    }
    if (one.state() == Instance.State.NOTHING && inLower && other.state() == Instance.State.OWN) {
      return Optional.of(ConflictKind.CHANGED);
    }
    boolean both = one.stat() != null && other.stat() != null;
    return both && !Sameness.areAlike(one, other, name)
        ? Optional.of(ConflictKind.CHANGED)
        : Optional.empty();
  }

  private void inside(
      List<Version> versions, LayerDirectory lower, EntryStat below, Name name, Place place)
      throws IOException {
    List<Instance> inner = new ArrayList<>();
    try (LayerDirectory lowerInside =
        below != null && below.isDirectory() ? lower.open(name) : null) {
      for (Version version : versions) {
        inner.add(version.open(name));
      }
      scan(inner, lowerInside, place.in(name));
    } finally {
      for (Instance instance : inner) {
        instance.close();
      }
    }
  }
}
