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
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.merge.survey.RedirectTargets;
import dev.overlays.merge.survey.RenamedEntry;
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
public final class CompleteUpper {
  private final LayerChanges changes;
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
  public CompleteUpper(
      LayerChanges changes,
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
  public static List<Problem> checkRenamed(
      LayerDirectory upper, MarkNamespace marks, List<RenamedEntry> renamed) throws IOException {
    RedirectTargets exposure = new RedirectTargets(upper, marks, renamed);
    List<Problem> problems = new ArrayList<>();
    for (RenamedEntry entry : renamed) {
      if (entry.directory()) {
        exposure.problemOf(entry).ifPresent(problems::add);
      }
    }
    return problems;
  }

  public void completeAll(List<RenamedEntry> renamed) throws IOException {
    RedirectTargets exposure = new RedirectTargets(upper, marks, renamed);
    List<RenamedEntry> innermostFirst = new ArrayList<>(renamed);
    innermostFirst.sort(
        Comparator.comparingInt((RenamedEntry entry) -> entry.path().depth()).reversed());
    try (PathHandles handles = new PathHandles(upper)) {
      for (RenamedEntry entry : innermostFirst) {
        boolean mayMove = !exposure.isElsewhere(entry);
        LayerDirectory parent = handles.open(entry.path().parent());
        if (entry.directory()) {
          completeDirectory(parent, entry);
        } else {
          completeFile(parent, entry, mayMove);
        }
      }
    }
  }

  private void completeDirectory(LayerDirectory parent, RenamedEntry entry) throws IOException {
    Name name = entry.lastName();
    try (MergedDirectory below = sourceOf(entry)) {
      ViewPlace source = entry.source() == null ? ViewPlace.ROOT : entry.source();
      if (!below.isNothing()) {
        TreeWalk.run(new MergedStep(parent, name, below, source));
      }
    }
    changes.makeOpaque(parent, name);
    changes.removeMark(parent, name, Mark.REDIRECT);
  }

  private MergedDirectory sourceOf(RenamedEntry entry) throws IOException {
    return entry.source() == null
        ? MergedDirectory.nothing(lowers)
        : lowers.root().open(entry.source().redirectHere());
  }

  /** Pulls everything up that a directory shows of the layers below. */
  private final class MergedStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final MergedDirectory around;
    private final ViewPlace source;
    private MergedDirectory below;
    private EntryStat before;
    private LayerDirectory directory;
    private MergedDirectory.ShownCursor entries;
    private boolean again;

    /** What is merged below it is opened in that of the directory around. */
    MergedStep(LayerDirectory parent, Name name, ViewPlace source, MergedDirectory around) {
      this.parent = parent;
      this.name = name;
      this.source = source;
      this.around = around;
    }

    /** What is merged below it is open, and stays so. */
    MergedStep(LayerDirectory parent, Name name, MergedDirectory below, ViewPlace source) {
      this(parent, name, source, null);
      this.below = below;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (entries == null) {
        below = below == null ? around.open(name) : below;
        if (below.isNothing()) {
          return null;
        }
        before = times.rememberTime(parent, name, LayerEntries.present(parent, name));
        directory = parent.open(name);
        entries = below.entries();
      }
      do {
        MergedDirectory.ShownEntry shown = entries.next();
        while (shown != null) {
          if (pullUpEntry(shown)) {
            return new MergedStep(directory, shown.name(), source.placeIn(shown.name()), below);
          }
          shown = entries.next();
        }
        entries = below.entries();
      } while (restartsListing());
      if (restores) {
        times.restoreTime(parent, name, before);
      }
      return null;
    }

    /** Some file systems leave entries out of a listing while others are moved away. */
    private boolean restartsListing() {
      boolean restart = again;
      again = false;
      return restart;
    }

    /** Makes one entry whole, and tells whether what is in it has to be merged. */
    private boolean pullUpEntry(MergedDirectory.ShownEntry shown) throws IOException {
      Name entry = shown.name();
      Optional<EntryStat> own = directory.stat(entry);
      if (own.isEmpty()) {
        again = true;
        return !pull.pullUpEntry(directory, below, shown, source);
      }
      if (own.get().isDirectory() && shown.stat().isDirectory()) {
        return !LayerEntries.isOpaque(directory, entry, marks)
            && directory.xattr(entry, Mark.REDIRECT.xattr(marks)).isEmpty();
      }
      if (own.get().type() == EntryType.FILE && isMetacopy(directory, entry)) {
        files.makeWhole(directory, entry, own.get(), below, source, true);
      }
      return false;
    }

    @Override
    public void close() throws IOException {
      LayerDirectory opened = directory;
      MergedDirectory merged = around == null ? null : below;
      try (opened;
          merged) {
        // Only to close both, whatever one of them throws.
      }
    }
  }

  private boolean isMetacopy(LayerDirectory directory, Name name) throws IOException {
    return directory.xattr(name, Mark.METACOPY.xattr(marks)).isPresent();
  }

  private void completeFile(LayerDirectory parent, RenamedEntry entry, boolean mayMove)
      throws IOException {
    Optional<EntryStat> stat = parent.stat(entry.lastName());
    if (stat.isPresent() && isMetacopy(parent, entry.lastName())) {
      EntryStat before =
          times.rememberTime(parent, Name.SELF, LayerEntries.present(parent, Name.SELF));
      try (MergedDirectory below = sourceParent(entry)) {
        files.makeWhole(parent, entry.lastName(), stat.get(), below, sourcePlace(entry), mayMove);
      }
      if (restores) {
        times.restoreTime(parent, Name.SELF, before);
      }
    }
  }

  private static ViewPlace sourcePlace(RenamedEntry entry) {
    return entry.source() == null ? ViewPlace.ROOT : entry.source().parent();
  }

  /** The directory in which a relative redirect is looked for; an absolute one needs none. */
  private MergedDirectory sourceParent(RenamedEntry entry) throws IOException {
    if (entry.source() == null) {
      return MergedDirectory.nothing(lowers);
    }
    ViewPlace parent = entry.source().parent();
    return parent.isRoot() ? lowers.root() : lowers.root().open(parent.redirectHere());
  }
}
