package dev.overlays.merge;

import dev.overlays.Problem;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.MergedDirectory;
import dev.overlays.merge.lookup.Redirect;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes an upper whole before the merge: what a renamed directory shows of the lower is pulled up
 * into it, so that nothing in the upper depends on where the lower has something. The innermost
 * come first, since a directory that is opaque has no lower for those in it.
 */
final class Wholeness {
  private final Changes changes;
  private final MarkNamespace marks;
  private final DirectoryTimes times;
  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final PullUp pull;
  private final WholeFile files;
  private final boolean restores;

  /**
   * Makes it.
   *
   * @param restores whether to put the times of directories right, which a merge does afterwards
   */
  Wholeness(
      Changes changes,
      DirectoryTimes times,
      LayerDirectory upper,
      LayerRoots lowers,
      PullUp pull,
      WholeFile files,
      boolean restores) {
    this.changes = changes;
    this.marks = lowers.marks();
    this.times = times;
    this.upper = upper;
    this.lowers = lowers;
    this.pull = pull;
    this.files = files;
    this.restores = restores;
  }

  /** What cannot be made whole. */
  static List<Problem> check(LayerDirectory upper, MarkNamespace marks, List<Renamed> renamed)
      throws IOException {
    Exposure exposure = new Exposure(upper, marks, renamed);
    List<Problem> problems = new ArrayList<>();
    for (Renamed entry : renamed) {
      if (entry.directory()) {
        exposure.problem(entry).ifPresent(problems::add);
      }
    }
    return problems;
  }

  void make(List<Renamed> renamed) throws IOException {
    Exposure exposure = new Exposure(upper, marks, renamed);
    List<Renamed> innermostFirst = new ArrayList<>(renamed);
    innermostFirst.sort(Comparator.comparingInt((Renamed entry) -> entry.path().size()).reversed());
    for (Renamed entry : innermostFirst) {
      boolean mayMove = !exposure.isElsewhere(entry);
      Paths.in(
          upper,
          entry.parent(),
          parent -> {
            if (entry.directory()) {
              directory(parent, entry);
            } else {
              file(parent, entry, mayMove);
            }
          });
    }
  }

  private void directory(LayerDirectory parent, Renamed entry) throws IOException {
    Name name = entry.name();
    try (MergedDirectory below = source(entry)) {
      merged(parent, name, below, entry.source() == null ? Place.ROOT : Place.of(entry.source()));
    }
    changes.makeOpaque(parent, name);
    changes.removeMark(parent, name, Mark.REDIRECT);
  }

  private MergedDirectory source(Renamed entry) throws IOException {
    return entry.source() == null
        ? MergedDirectory.nothing(lowers)
        : lowers.root().open(new Redirect(true, entry.source()));
  }

  /** Pulls everything up that a directory shows of the layers below. */
  private void merged(LayerDirectory parent, Name name, MergedDirectory below, Place source)
      throws IOException {
    if (below.isNothing()) {
      return;
    }
    EntryStat before = times.remember(parent, name, LayerEntries.present(parent, name));
    try (LayerDirectory directory = parent.open(name)) {
      boolean[] again = {true};
      while (again[0]) {
        again[0] = false;
        below.forEach(shown -> again[0] |= entry(directory, below, shown, source));
      }
    }
    if (restores) {
      times.restore(parent, name, before);
    }
  }

  /** Makes one entry whole, and tells whether it has been pulled up. */
  private boolean entry(
      LayerDirectory directory, MergedDirectory below, MergedDirectory.Shown shown, Place source)
      throws IOException {
    Name name = shown.name();
    Optional<EntryStat> own = directory.stat(name);
    if (own.isEmpty()) {
      if (!pull.up(directory, below, shown, source)) {
        try (MergedDirectory inner = below.open(name)) {
          merged(directory, name, inner, source.in(name));
        }
      }
      return true;
    }
    if (own.get().isDirectory() && shown.stat().isDirectory()) {
      boolean hides =
          LayerEntries.isOpaque(directory, name, marks)
              || directory.xattr(name, Mark.REDIRECT.xattr(marks)).isPresent();
      if (!hides) {
        try (MergedDirectory inner = below.open(name)) {
          merged(directory, name, inner, source.in(name));
        }
      }
    } else if (own.get().type() == EntryType.FILE && isMetacopy(directory, name)) {
      files.make(directory, name, own.get(), below, source, true);
    }
    return false;
  }

  private boolean isMetacopy(LayerDirectory directory, Name name) throws IOException {
    return directory.xattr(name, Mark.METACOPY.xattr(marks)).isPresent();
  }

  private void file(LayerDirectory parent, Renamed entry, boolean mayMove) throws IOException {
    Optional<EntryStat> stat = parent.stat(entry.name());
    if (stat.isPresent() && isMetacopy(parent, entry.name())) {
      EntryStat before = times.remember(parent, Name.SELF, LayerEntries.present(parent, Name.SELF));
      try (MergedDirectory below = sourceParent(entry)) {
        files.make(parent, entry.name(), stat.get(), below, sourcePlace(entry), mayMove);
      }
      if (restores) {
        times.restore(parent, Name.SELF, before);
      }
    }
  }

  private static Place sourcePlace(Renamed entry) {
    List<Name> source = entry.source();
    return source == null ? Place.ROOT : Place.of(source.subList(0, source.size() - 1));
  }

  /** The directory in which a relative redirect is looked for; an absolute one needs none. */
  private MergedDirectory sourceParent(Renamed entry) throws IOException {
    List<Name> source = entry.source();
    if (source == null || source.size() == 1) {
      return source == null ? MergedDirectory.nothing(lowers) : lowers.root();
    }
    return lowers.root().open(new Redirect(true, source.subList(0, source.size() - 1)));
  }
}
