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
import dev.overlays.merge.run.TreePlace;
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
  private final LowerPullUp pull;
  private final MetacopyCompletion files;
  private final boolean restoresTimes;

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
      LowerPullUp pull,
      MetacopyCompletion files,
      boolean restores) {
    this.changes = changes;
    this.marks = lowers.marks();
    this.times = times;
    this.upper = upper;
    this.lowers = lowers;
    this.pull = pull;
    this.files = files;
    this.restoresTimes = restores;
  }

  /** What cannot be made whole. */
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
      if (!below.isNothing()) {
        TreeWalk.run(new DirectoryStep(parent, name, below, source));
      }
    }
    changes.makeOpaque(parent, name);
    changes.removeMark(parent, name, Mark.REDIRECT);
  }

  private MergedDirectory openSource(RenamedEntry entry) throws IOException {
    return entry.source() == null
        ? MergedDirectory.nothing(lowers)
        : lowers.root().open(entry.source().toRedirect());
  }

  /** Pulls everything up that a directory shows of the layers below. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final MergedDirectory around;
    private final TreePlace source;
    private MergedDirectory below;
    private EntryStat before;
    private LayerDirectory directory;
    private MergedDirectory.ShownCursor entries;
    private boolean again;

    /** What is merged below it is opened in that of the directory around. */
    DirectoryStep(LayerDirectory parent, Name name, TreePlace source, MergedDirectory around) {
      this.parent = parent;
      this.name = name;
      this.source = source;
      this.around = around;
    }

    /** What is merged below it is open, and stays so. */
    DirectoryStep(LayerDirectory parent, Name name, MergedDirectory below, TreePlace source) {
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
          if (completeEntry(shown)) {
            return new DirectoryStep(
                directory, shown.name(), source.resolveChild(shown.name()), below);
          }
          shown = entries.next();
        }
        entries = below.entries();
      } while (mustRestart());
      if (restoresTimes) {
        times.restoreTime(parent, name, before);
      }
      return null;
    }

    /** Some file systems leave entries out of a listing while others are moved away. */
    private boolean mustRestart() {
      boolean restart = again;
      again = false;
      return restart;
    }

    /** Makes one entry whole, and tells whether what is in it has to be merged. */
    private boolean completeEntry(MergedDirectory.ShownEntry shown) throws IOException {
      Name entry = shown.name();
      Optional<EntryStat> own = directory.stat(entry);
      if (own.isEmpty()) {
        again = true;
        return !pull.pullUp(directory, below, shown, source);
      }
      if (own.get().isDirectory() && shown.stat().isDirectory()) {
        return !LayerEntries.isOpaque(directory, entry, marks)
            && directory.xattr(entry, Mark.REDIRECT.xattr(marks)).isEmpty();
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

  /** The directory in which a relative redirect is looked for; an absolute one needs none. */
  private MergedDirectory openSourceParent(RenamedEntry entry) throws IOException {
    if (entry.source() == null) {
      return MergedDirectory.nothing(lowers);
    }
    TreePlace parent = entry.source().parent();
    return parent.isRoot() ? lowers.root() : lowers.root().open(parent.toRedirect());
  }
}
