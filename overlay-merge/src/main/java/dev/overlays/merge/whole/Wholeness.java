package dev.overlays.merge.whole;

import dev.overlays.Problem;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.Changes;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.run.DirectoryMarks;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.survey.Exposure;
import dev.overlays.merge.survey.Renamed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Completes an upper before the merge: pulls up into each renamed directory what it shows of the
 * lower, so that nothing in the upper depends on a place in the lower. The innermost directories
 * come first, since nothing is merged below an opaque one.
 */
public final class Wholeness {
  private final Changes changes;
  private final MarkNamespace marks;
  private final DirectoryTimes times;
  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final PullUp pull;
  private final WholeFile files;
  private final boolean restores;

  /**
   * Makes a completion.
   *
   * @param restores whether to restore the times of directories; a merge does that later itself
   */
  public Wholeness(
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

  /** Returns the problems of entries that cannot be completed. */
  public static List<Problem> check(
      LayerDirectory upper, MarkNamespace marks, List<Renamed> renamed) throws IOException {
    Exposure exposure = new Exposure(upper, marks, renamed);
    List<Problem> problems = new ArrayList<>();
    for (Renamed entry : renamed) {
      if (entry.directory()) {
        exposure.problem(entry).ifPresent(problems::add);
      }
    }
    return problems;
  }

  public void make(List<Renamed> renamed) throws IOException {
    Exposure exposure = new Exposure(upper, marks, renamed);
    List<Renamed> innermostFirst = new ArrayList<>(renamed);
    innermostFirst.sort(
        Comparator.comparingInt((Renamed entry) -> entry.path().depth()).reversed());
    try (PathHandles handles = new PathHandles(upper)) {
      for (Renamed entry : innermostFirst) {
        boolean mayMove = !exposure.isElsewhere(entry);
        LayerDirectory parent = handles.open(entry.path().parent());
        if (entry.directory()) {
          directory(parent, entry);
        } else {
          file(parent, entry, mayMove);
        }
      }
    }
  }

  private void directory(LayerDirectory parent, Renamed entry) throws IOException {
    Name name = entry.name();
    try (MergedDirectory below = source(entry)) {
      Place source = entry.source() == null ? Place.ROOT : entry.source();
      if (!below.isNothing()) {
        TreeWalk.run(new Merged(parent, name, below, source));
      }
    }
    changes.makeOpaque(parent, name);
    changes.removeMark(parent, name, Mark.REDIRECT);
  }

  private MergedDirectory source(Renamed entry) throws IOException {
    return entry.source() == null
        ? MergedDirectory.nothing(lowers)
        : lowers.root().open(entry.source().redirect());
  }

  /** Pulls up everything that a directory shows of the layers below. */
  private final class Merged implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final MergedDirectory around;
    private final Place source;
    private MergedDirectory below;
    private EntryStat before;
    private LayerDirectory directory;
    private MergedDirectory.ShownCursor entries;
    private boolean again;

    /** Opens what is merged below the directory when the step runs. */
    Merged(LayerDirectory parent, Name name, Place source, MergedDirectory around) {
      this.parent = parent;
      this.name = name;
      this.source = source;
      this.around = around;
    }

    /** Takes what is merged below the directory open, and does not close it. */
    Merged(LayerDirectory parent, Name name, MergedDirectory below, Place source) {
      this(parent, name, source, null);
      this.below = below;
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      if (entries == null) {
        below = below == null ? around.open(name) : below;
        if (below.isNothing()) {
          return null;
        }
        before = times.remember(parent, name, LayerEntries.present(parent, name));
        directory = parent.open(name);
        entries = below.entries();
      }
      do {
        MergedDirectory.Shown shown = entries.next();
        while (shown != null) {
          if (entry(shown)) {
            return new Merged(directory, shown.name(), source.in(shown.name()), below);
          }
          shown = entries.next();
        }
        entries = below.entries();
      } while (restarts());
      if (restores) {
        times.restore(parent, name, before);
      }
      return null;
    }

    /** Some file systems skip entries of a listing while others are moved away. */
    private boolean restarts() {
      boolean restart = again;
      again = false;
      return restart;
    }

    /** Completes one entry, and returns whether the entries in it have to be completed, too. */
    private boolean entry(MergedDirectory.Shown shown) throws IOException {
      Name entry = shown.name();
      Optional<EntryStat> own = directory.stat(entry);
      if (own.isEmpty()) {
        again = true;
        return !pull.up(directory, below, shown, source);
      }
      if (own.get().isDirectory() && shown.stat().isDirectory()) {
        return DirectoryMarks.isTransparent(directory, entry, marks);
      }
      if (own.get().type() == EntryType.FILE && isMetacopy(directory, entry)) {
        files.make(directory, entry, own.get(), below, source, true);
      }
      return false;
    }

    @Override
    public void close() throws IOException {
      LayerDirectory opened = directory;
      MergedDirectory merged = around == null ? null : below;
      try (opened;
          merged) {
        // Closes both, even if one of them throws.
      }
    }
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
    return entry.source() == null ? Place.ROOT : entry.source().parent();
  }

  /** Opens the directory in which a relative redirect is resolved. */
  private MergedDirectory sourceParent(Renamed entry) throws IOException {
    if (entry.source() == null) {
      return MergedDirectory.nothing(lowers);
    }
    Place parent = entry.source().parent();
    return parent.isRoot() ? lowers.root() : lowers.root().open(parent.redirect());
  }
}
