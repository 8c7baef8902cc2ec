package dev.overlays.merge.diff;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ChangeKind;
import dev.overlays.merge.run.PathText;
import dev.overlays.merge.survey.LowerPlace;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.commons.io.function.IOConsumer;

/**
 * Walks through an upper, parents before children, whenever the next change is asked for. Keeps
 * open only the directories that lead to the current one.
 */
final class DiffWalk implements Closeable {
  /** The most changes that a helper finds ahead. */
  private static final int CHANGES_AHEAD = 1000;

  /** The most characters that the paths of these changes have. */
  private static final int CHARACTERS_AHEAD = 1 << 20;

  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final EntryComparison comparison;
  private final boolean compareContent;
  private final boolean mayHaveMetacopies;

  /** Opens the first level of the walk. */
  private final IOConsumer<DiffWalk> start;

  private final Deque<DiffLevel> levels = new ArrayDeque<>();
  private final Deque<Change> readyChanges = new ArrayDeque<>();
  private final PathText paths;
  private final PathText sources;
  private long readyLength;
  private Executor helpers;
  private boolean started;
  private volatile boolean ended;
  private final Deque<DiffWalk> begunWalks = new ArrayDeque<>();

  private DiffWalk(
      LayerRoots lowers,
      EntryComparison comparison,
      boolean compareContent,
      boolean mayHaveMetacopies,
      PathText paths,
      PathText sources,
      IOConsumer<DiffWalk> start) {
    this.paths = paths;
    this.sources = sources;
    this.lowers = lowers;
    this.comparison = comparison;
    marks = lowers.markNamespace();
    this.compareContent = compareContent;
    this.mayHaveMetacopies = mayHaveMetacopies;
    this.start = start;
  }

  /**
   * Returns a walk from the roots, which stay open. The helpers are null if it runs in one thread.
   */
  static DiffWalk of(
      LayerDirectory upper,
      LayerRoots lowers,
      boolean compareContent,
      boolean mayHaveMetacopies,
      Executor helpers)
      throws IOException {
    DiffWalk walk =
        new DiffWalk(
            lowers,
            new EntryComparison(lowers),
            compareContent,
            mayHaveMetacopies,
            new PathText(),
            new PathText(),
            started -> started.openRoot(upper));
    walk.helpers = helpers;
    return walk;
  }

  /** Returns a walk through one directory. It has no helpers until it is taken over. */
  DiffWalk walkThrough(DiffLevel level, EntryComparison.UpperEntry directory) {
    return new DiffWalk(
        lowers,
        comparison,
        compareContent,
        mayHaveMetacopies,
        new PathText(paths),
        new PathText(sources),
        walk ->
            walk.compareDirectory(
                level, directory, level.comparedLower().findShown(directory.name())));
  }

  /** Finds the first changes, for a helper thread. */
  void findFirstChanges() throws IOException {
    Deque<DiffWalk> none = new ArrayDeque<>(0);
    while (!ended
        && readyChanges.size() < CHANGES_AHEAD
        && readyLength < CHARACTERS_AHEAD
        && advanceByEntry(none)) {
      // Goes on until there are enough changes.
    }
  }

  /** Makes {@link #findFirstChanges} return. */
  void stopFinding() {
    ended = true;
  }

  /** Returns the next change; null at the end. */
  Change nextChange() throws IOException {
    while (true) {
      DiffWalk walk = begunWalks.isEmpty() ? this : begunWalks.peek();
      Change change = walk.readyChanges.poll();
      if (change != null) {
        return change;
      }
      if (!walk.advanceByEntry(begunWalks)) {
        if (walk == this) {
          return null;
        }
        begunWalks.pop().close();
      }
    }
  }

  private void openRoot(LayerDirectory upper) throws IOException {
    DiffLevel level = DiffLevel.rootLevel(upper, lowers.mergedRoot());
    levels.push(level);
    EntryStat stat = LayerEntries.requireStat(upper, Name.SELF);
    compareAttributes(
        level,
        new EntryComparison.UpperEntry(upper, Name.SELF, stat),
        level.mergedLower().topEntry());
  }

  /**
   * Advances by one entry, and returns whether there was one. A directory that a helper has begun
   * is pushed to {@code begun}.
   */
  private boolean advanceByEntry(Deque<DiffWalk> begun) throws IOException {
    if (!started) {
      started = true;
      start.accept(this);
      return true;
    }
    if (levels.isEmpty()) {
      return false;
    }
    advanceLevel(levels.peek(), begun);
    return true;
  }

  private void advanceLevel(DiffLevel level, Deque<DiffWalk> begun) throws IOException {
    EntryComparison.UpperEntry next = level.nextEntry();
    if (next != null) {
      if (helpers == null || !next.stat().isDirectory() || !takeBegun(level, next, begun)) {
        compareEntry(level, next);
      }
      return;
    }
    ShownEntry hidden = level.nextHidden();
    if (hidden != null) {
      addChange(ChangeKind.DELETED, level, hidden.name(), hidden.stat());
    } else {
      levels.pop().close();
    }
  }

  /**
   * Takes over a directory that a helper has begun and returns true, or else lets a helper begin
   * the next one.
   */
  private boolean takeBegun(
      DiffLevel level, EntryComparison.UpperEntry directory, Deque<DiffWalk> begun)
      throws IOException {
    DirectoryPrefetch ahead = level.takePrefetch(directory);
    if (ahead == null) {
      level.lookAhead(this, helpers);
      return false;
    }
    DiffWalk inner = ahead.takeWalk();
    inner.helpers = helpers;
    begun.push(inner);
    return true;
  }

  private void compareEntry(DiffLevel level, EntryComparison.UpperEntry entry) throws IOException {
    Optional<ShownEntry> old = level.comparedLower().findShown(entry.name());
    if (entry.stat().isDirectory()) {
      compareDirectory(level, entry, old);
    } else if (LayerEntries.isWhiteout(entry.directory(), entry.name(), entry.stat(), marks)) {
      if (old.isPresent()) {
        addChange(ChangeKind.DELETED, level, entry.name(), old.get().stat());
      }
    } else if (isMetacopy(entry)) {
      compareMetacopy(level, entry, old);
    } else if (!reportIfReplaced(level, entry, old)) {
      compareLeaf(level, entry, old.get());
    }
  }

  private void compareLeaf(DiffLevel level, EntryComparison.UpperEntry entry, ShownEntry old)
      throws IOException {
    boolean asks = compareContent || entry.stat().type() != EntryType.FILE;
    if (asks && EntryComparison.haveSameContent(entry, level.comparedLower(), old)) {
      compareAttributes(level, entry, old);
    } else {
      addChange(ChangeKind.MODIFIED, level, entry.name(), entry.stat());
    }
  }

  /**
   * Reports an entry for which the lowers have none of the same type, and returns whether it is
   * one.
   */
  private boolean reportIfReplaced(
      DiffLevel level, EntryComparison.UpperEntry entry, Optional<ShownEntry> old) {
    if (old.isPresent() && old.get().stat().type() == entry.stat().type()) {
      return false;
    }
    ChangeKind kind = old.isPresent() ? ChangeKind.REPLACED : ChangeKind.ADDED;
    addChange(kind, level, entry.name(), entry.stat());
    return true;
  }

  private boolean isMetacopy(EntryComparison.UpperEntry entry) throws IOException {
    return mayHaveMetacopies
        && entry.stat().type() == EntryType.FILE
        && entry.directory().xattr(entry.name(), Mark.METACOPY.xattr(marks)).isPresent();
  }

  private void compareMetacopy(
      DiffLevel level, EntryComparison.UpperEntry entry, Optional<ShownEntry> old)
      throws IOException {
    LowerPlace origin = LowerPlace.of(entry.directory(), entry.name(), level.source(), marks);
    if (reportIfRenamed(level, entry, origin) || reportIfReplaced(level, entry, old)) {
      return;
    }
    if (compareContent) {
      compareAttributes(level, entry, old.get());
    } else {
      addChange(ChangeKind.METADATA, level, entry.name(), entry.stat());
    }
  }

  private boolean reportIfRenamed(
      DiffLevel level, EntryComparison.UpperEntry entry, LowerPlace origin) throws IOException {
    if (!origin.isElsewhere()) {
      return false;
    }
    if (!origin.redirect().absolute()) {
      return reportIfRenamed(level, entry, origin, level.mergedLower());
    }
    RedirectTarget parent = origin.parentRedirect();
    try (MergedDirectory around =
        parent == null ? lowers.mergedRoot() : lowers.mergedRoot().openMerged(parent)) {
      return reportIfRenamed(level, entry, origin, around);
    }
  }

  /**
   * Reports a file that a directory of the lowers has under another name, and returns whether it
   * has.
   */
  private boolean reportIfRenamed(
      DiffLevel level, EntryComparison.UpperEntry entry, LowerPlace origin, MergedDirectory around)
      throws IOException {
    Optional<ShownEntry> source = around.findShown(origin.place().name());
    if (source.isEmpty() || source.get().stat().type() != EntryType.FILE) {
      return false;
    }
    reportRename(level, entry, origin);
    compareAttributes(level, entry, source.get());
    return true;
  }

  private void compareDirectory(
      DiffLevel level, EntryComparison.UpperEntry entry, Optional<ShownEntry> old)
      throws IOException {
    LowerPlace origin = LowerPlace.of(entry.directory(), entry.name(), level.source(), marks);
    DiffLevel inner = level.openInner(entry.name(), origin);
    levels.push(inner);
    if (inner.hidesLowers()) {
      compareReplacingDirectory(level, entry, old);
    } else {
      if (origin.isElsewhere()) {
        reportRename(level, entry, origin);
      }
      compareAttributes(level, entry, inner.mergedLower().topEntry());
    }
  }

  private void compareReplacingDirectory(
      DiffLevel level, EntryComparison.UpperEntry entry, Optional<ShownEntry> old)
      throws IOException {
    if (!reportIfReplaced(level, entry, old)) {
      if (compareContent) {
        compareAttributes(level, entry, old.get());
      } else {
        addChange(ChangeKind.REPLACED, level, entry.name(), entry.stat());
      }
    }
  }

  private void compareAttributes(DiffLevel level, EntryComparison.UpperEntry entry, ShownEntry old)
      throws IOException {
    if (!comparison.haveSameAttributes(entry, old)) {
      addChange(ChangeKind.METADATA, level, entry.name(), entry.stat());
    }
  }

  private void reportRename(DiffLevel level, EntryComparison.UpperEntry entry, LowerPlace origin) {
    addChange(
        ChangeKind.RENAMED,
        level,
        entry.name(),
        entry.stat(),
        Optional.of(sources.pathOf(origin.place())));
  }

  private void addChange(ChangeKind kind, DiffLevel level, Name name, EntryStat stat) {
    addChange(kind, level, name, stat, Optional.empty());
  }

  private void addChange(
      ChangeKind kind, DiffLevel level, Name name, EntryStat stat, Optional<String> from) {
    long size = stat.type() == EntryType.FILE ? stat.size() : 0;
    String path = paths.pathOf(level.place(), name);
    readyLength += path.length();
    readyChanges.add(new Change(kind, path, stat.type(), size, from));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!begunWalks.isEmpty() || !levels.isEmpty()) {
      try {
        if (begunWalks.isEmpty()) {
          levels.pop().close();
        } else {
          begunWalks.pop().close();
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
