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
import dev.overlays.merge.run.DirectoryMarks;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.survey.RedirectTargets;
import dev.overlays.merge.survey.RenamedEntry;
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
public final class UpperCompletion {
  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final DirectoryTimes times;
  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final LowerPullUp pull;
  private final MetacopyCompletion files;
  private final boolean restoresTimes;

  /**
   * Makes a completion.
   *
   * @param restores whether to restore the times of directories; a merge does that later itself
   */
  public UpperCompletion(
      LayerChanges changes,
      DirectoryTimes times,
      LayerDirectory upper,
      LayerRoots lowers,
      LowerPullUp pull,
      MetacopyCompletion files,
      boolean restores) {
    this.changes = changes;
    this.marks = lowers.markNamespace();
    this.times = times;
    this.upper = upper;
    this.lowers = lowers;
    this.pull = pull;
    this.files = files;
    this.restoresTimes = restores;
  }

  /** Returns the problems of entries that cannot be completed. */
  public static List<Problem> findProblems(
      LayerDirectory upper, MarkNamespace marks, List<RenamedEntry> renamed) throws IOException {
    RedirectTargets exposure = new RedirectTargets(upper, marks, renamed);
    List<Problem> problems = new ArrayList<>();
    for (RenamedEntry entry : renamed) {
      if (entry.isDirectory()) {
        exposure.repeatedProblem(entry).ifPresent(problems::add);
      }
    }
    return problems;
  }

  public void completeEntries(List<RenamedEntry> renamed) throws IOException {
    RedirectTargets exposure = new RedirectTargets(upper, marks, renamed);
    List<RenamedEntry> innermostFirst = new ArrayList<>(renamed);
    innermostFirst.sort(
        Comparator.comparingInt((RenamedEntry entry) -> entry.path().depth()).reversed());
    try (PathHandles handles = new PathHandles(upper)) {
      for (RenamedEntry entry : innermostFirst) {
        boolean mayMove = !exposure.isShownElsewhere(entry);
        LayerDirectory parent = handles.openPlace(entry.path().parent());
        if (entry.isDirectory()) {
          completeDirectory(parent, entry);
        } else {
          completeFile(parent, entry, mayMove);
        }
      }
    }
  }

  private void completeDirectory(LayerDirectory parent, RenamedEntry entry) throws IOException {
    Name name = entry.lastName();
    try (MergedDirectory below = openSource(entry)) {
      TreePlace source = entry.source() == null ? TreePlace.ROOT : entry.source();
      if (!below.isInNoLayer()) {
        TreeWalk.run(new DirectoryStep(parent, name, below, source));
      }
    }
    changes.makeOpaque(parent, name);
    changes.removeMark(parent, name, Mark.REDIRECT);
  }

  private MergedDirectory openSource(RenamedEntry entry) throws IOException {
    return entry.source() == null
        ? MergedDirectory.emptyDirectory(lowers)
        : lowers.mergedRoot().openMerged(entry.source().toRedirect());
  }

  /** Pulls up everything that a directory shows of the layers below. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final MergedDirectory around;
    private final TreePlace source;
    private MergedDirectory below;
    private EntryStat before;
    private LayerDirectory directory;
    private MergedDirectory.ShownCursor entries;
    private boolean again;

    /** Opens what is merged below the directory when the step runs. */
    DirectoryStep(LayerDirectory parent, Name name, TreePlace source, MergedDirectory around) {
      this.parent = parent;
      this.name = name;
      this.source = source;
      this.around = around;
    }

    /** Takes what is merged below the directory open, and does not close it. */
    DirectoryStep(LayerDirectory parent, Name name, MergedDirectory below, TreePlace source) {
      this(parent, name, source, null);
      this.below = below;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (entries == null) {
        below = below == null ? around.openMerged(name) : below;
        if (below.isInNoLayer()) {
          return null;
        }
        before = times.rememberTime(parent, name, LayerEntries.requireStat(parent, name));
        directory = parent.open(name);
        entries = below.shownEntries();
      }
      do {
        MergedDirectory.ShownEntry shown = entries.nextShown();
        while (shown != null) {
          if (completeEntry(shown)) {
            return new DirectoryStep(
                directory, shown.name(), source.resolveChild(shown.name()), below);
          }
          shown = entries.nextShown();
        }
        entries = below.shownEntries();
      } while (mustRestart());
      if (restoresTimes) {
        times.restoreTime(parent, name, before);
      }
      return null;
    }

    /** Some file systems skip entries of a listing while others are moved away. */
    private boolean mustRestart() {
      boolean restart = again;
      again = false;
      return restart;
    }

    /** Completes one entry, and returns whether the entries in it have to be completed, too. */
    private boolean completeEntry(MergedDirectory.ShownEntry shown) throws IOException {
      Name entry = shown.name();
      Optional<EntryStat> own = directory.stat(entry);
      if (own.isEmpty()) {
        again = true;
        return !pull.pullUp(directory, below, shown, source);
      }
      if (own.get().isDirectory() && shown.stat().isDirectory()) {
        return DirectoryMarks.isTransparent(directory, entry, marks);
      }
      if (own.get().type() == EntryType.FILE && isMetacopy(directory, entry)) {
        files.completeFile(directory, entry, own.get(), below, source, true);
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

  private void completeFile(LayerDirectory parent, RenamedEntry entry, boolean mayMove)
      throws IOException {
    Optional<EntryStat> stat = parent.stat(entry.lastName());
    if (stat.isPresent() && isMetacopy(parent, entry.lastName())) {
      EntryStat before =
          times.rememberTime(parent, Name.SELF, LayerEntries.requireStat(parent, Name.SELF));
      try (MergedDirectory below = openSourceParent(entry)) {
        files.completeFile(
            parent, entry.lastName(), stat.get(), below, sourcePlace(entry), mayMove);
      }
      if (restoresTimes) {
        times.restoreTime(parent, Name.SELF, before);
      }
    }
  }

  private static TreePlace sourcePlace(RenamedEntry entry) {
    return entry.source() == null ? TreePlace.ROOT : entry.source().parent();
  }

  /** Opens the directory in which a relative redirect is resolved. */
  private MergedDirectory openSourceParent(RenamedEntry entry) throws IOException {
    if (entry.source() == null) {
      return MergedDirectory.emptyDirectory(lowers);
    }
    TreePlace parent = entry.source().parent();
    return parent.isRoot()
        ? lowers.mergedRoot()
        : lowers.mergedRoot().openMerged(parent.toRedirect());
  }
}
