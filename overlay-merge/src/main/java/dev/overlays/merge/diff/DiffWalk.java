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
import dev.overlays.merge.survey.LowerOrigin;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Goes through an upper, parents before children, as far as it is asked for the next change: what
 * is kept is the directories that lead to the present place.
 */
final class DiffWalk implements Closeable {
  /** So many changes are found before their turn. */
  private static final int AHEAD = 1000;

  /** So many characters their paths may have. */
  private static final int AHEAD_LENGTH = 1 << 20;

  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final EntryComparison comparison;
  private final boolean compareContent;
  private final LevelOpener start;
  private final Deque<DiffLevel> levels = new ArrayDeque<>();
  private final Deque<Change> ready = new ArrayDeque<>();
  private final PathText paths;
  private final PathText sources;
  private long readyLength;
  private Executor helpers;
  private boolean started;
  private volatile boolean ended;
  private final Deque<DiffWalk> taken = new ArrayDeque<>();

  private DiffWalk(
      LayerRoots lowers,
      EntryComparison comparison,
      boolean compareContent,
      PathText paths,
      PathText sources,
      LevelOpener start) {
    this.paths = paths;
    this.sources = sources;
    this.lowers = lowers;
    this.comparison = comparison;
    marks = lowers.marks();
    this.compareContent = compareContent;
    this.start = start;
  }

  /** Opens the first level. */
  @FunctionalInterface
  private interface LevelOpener {
    void openIn(DiffWalk walk) throws IOException;
  }

  /** A walk from the roots, which stay open. The helpers are null if it is to be alone. */
  static DiffWalk of(
      LayerDirectory upper, LayerRoots lowers, boolean compareContent, Executor helpers)
      throws IOException {
    DiffWalk walk =
        new DiffWalk(
            lowers,
            new EntryComparison(lowers),
            compareContent,
            new PathText(),
            new PathText(),
            started -> started.openRoot(upper));
    walk.helpers = helpers;
    return walk;
  }

  /** A walk through one directory, that nobody helps until it is taken over. */
  DiffWalk walkThrough(DiffLevel level, EntryComparison.ComparedEntry directory) {
    return new DiffWalk(
        lowers,
        comparison,
        compareContent,
        new PathText(paths),
        new PathText(sources),
        walk -> walk.compareDirectory(level, directory, level.old().find(directory.name())));
  }

  /** Finds the first changes. */
  void beginLevel() throws IOException {
    Deque<DiffWalk> none = new ArrayDeque<>(0);
    while (!ended && ready.size() < AHEAD && readyLength < AHEAD_LENGTH && stepOn(none)) {
      // Until there is enough.
    }
  }

  /** Lets {@link #beginLevel} come to its end. */
  void endLevel() {
    ended = true;
  }

  /** The next change; null at the end. */
  Change nextChange() throws IOException {
    while (true) {
      DiffWalk walk = taken.isEmpty() ? this : taken.peek();
      Change change = walk.ready.poll();
      if (change != null) {
        return change;
      }
      if (!walk.stepOn(taken)) {
        if (walk == this) {
          return null;
        }
        taken.pop().close();
      }
    }
  }

  private void openRoot(LayerDirectory upper) throws IOException {
    DiffLevel level = DiffLevel.rootLevel(upper, lowers.root());
    levels.push(level);
    EntryStat stat = LayerEntries.present(upper, Name.SELF);
    compareMetadata(
        level, new EntryComparison.ComparedEntry(upper, Name.SELF, stat), level.merged().top());
  }

  /** Goes on by one entry, which others may have begun, and tells whether there was one. */
  private boolean stepOn(Deque<DiffWalk> begun) throws IOException {
    if (!started) {
      started = true;
      start.openIn(this);
      return true;
    }
    if (levels.isEmpty()) {
      return false;
    }
    stepOn(levels.peek(), begun);
    return true;
  }

  private void stepOn(DiffLevel level, Deque<DiffWalk> begun) throws IOException {
    EntryComparison.ComparedEntry next = level.nextEntry();
    if (next != null) {
      if (helpers == null || !next.stat().isDirectory() || !isBegun(level, next, begun)) {
        compareEntry(level, next);
      }
      return;
    }
    ShownEntry hidden = level.nextHidden();
    if (hidden != null) {
      tellChange(ChangeKind.DELETED, level, hidden.name(), hidden.stat());
    } else {
      levels.pop().close();
    }
  }

  /** Goes on where others have begun, or lets them begin with the directory after this one. */
  private boolean isBegun(
      DiffLevel level, EntryComparison.ComparedEntry directory, Deque<DiffWalk> begun)
      throws IOException {
    DiffAhead ahead = level.begunWalk(directory);
    if (ahead == null) {
      level.lookAhead(this, helpers);
      return false;
    }
    DiffWalk inner = ahead.takeWalk();
    inner.helpers = helpers;
    begun.push(inner);
    return true;
  }

  private void compareEntry(DiffLevel level, EntryComparison.ComparedEntry entry)
      throws IOException {
    Optional<ShownEntry> old = level.old().find(entry.name());
    if (entry.stat().isDirectory()) {
      compareDirectory(level, entry, old);
    } else if (LayerEntries.isWhiteout(entry.directory(), entry.name(), entry.stat(), marks)) {
      if (old.isPresent()) {
        tellChange(ChangeKind.DELETED, level, entry.name(), old.get().stat());
      }
    } else if (isMetacopy(entry)) {
      compareMetacopy(level, entry, old);
    } else if (!isReplaced(level, entry, old)) {
      compareLeaf(level, entry, old.get());
    }
  }

  private void compareLeaf(DiffLevel level, EntryComparison.ComparedEntry entry, ShownEntry old)
      throws IOException {
    boolean asks = compareContent || entry.stat().type() != EntryType.FILE;
    if (asks && EntryComparison.sameContent(entry, level.old(), old)) {
      compareMetadata(level, entry, old);
    } else {
      tellChange(ChangeKind.MODIFIED, level, entry.name(), entry.stat());
    }
  }

  /** Tells of an entry that the lowers have nothing of the same kind for. */
  private boolean isReplaced(
      DiffLevel level, EntryComparison.ComparedEntry entry, Optional<ShownEntry> old) {
    if (old.isPresent() && old.get().stat().type() == entry.stat().type()) {
      return false;
    }
    ChangeKind kind = old.isPresent() ? ChangeKind.REPLACED : ChangeKind.ADDED;
    tellChange(kind, level, entry.name(), entry.stat());
    return true;
  }

  private boolean isMetacopy(EntryComparison.ComparedEntry entry) throws IOException {
    return entry.stat().type() == EntryType.FILE
        && entry.directory().xattr(entry.name(), Mark.METACOPY.xattr(marks)).isPresent();
  }

  private void compareMetacopy(
      DiffLevel level, EntryComparison.ComparedEntry entry, Optional<ShownEntry> old)
      throws IOException {
    LowerOrigin origin = LowerOrigin.of(entry.directory(), entry.name(), level.source(), marks);
    if (isRenamed(level, entry, origin) || isReplaced(level, entry, old)) {
      return;
    }
    if (compareContent) {
      compareMetadata(level, entry, old.get());
    } else {
      tellChange(ChangeKind.METADATA, level, entry.name(), entry.stat());
    }
  }

  private boolean isRenamed(
      DiffLevel level, EntryComparison.ComparedEntry entry, LowerOrigin origin) throws IOException {
    if (!origin.isElsewhere()) {
      return false;
    }
    if (!origin.redirect().absolute()) {
      return isRenamed(level, entry, origin, level.merged());
    }
    RedirectTarget parent = origin.parentTarget();
    try (MergedDirectory around = parent == null ? lowers.root() : lowers.root().open(parent)) {
      return isRenamed(level, entry, origin, around);
    }
  }

  /** Tells of a file that a directory of the lowers has under another name, if it has. */
  private boolean isRenamed(
      DiffLevel level,
      EntryComparison.ComparedEntry entry,
      LowerOrigin origin,
      MergedDirectory around)
      throws IOException {
    Optional<ShownEntry> source = around.find(origin.place().name());
    if (source.isEmpty() || source.get().stat().type() != EntryType.FILE) {
      return false;
    }
    compareRenamed(level, entry, origin);
    compareMetadata(level, entry, source.get());
    return true;
  }

  private void compareDirectory(
      DiffLevel level, EntryComparison.ComparedEntry entry, Optional<ShownEntry> old)
      throws IOException {
    LowerOrigin origin = LowerOrigin.of(entry.directory(), entry.name(), level.source(), marks);
    DiffLevel inner = level.open(entry.name(), origin);
    levels.push(inner);
    if (inner.isAnew()) {
      madeAnew(level, entry, old);
    } else {
      if (origin.isElsewhere()) {
        compareRenamed(level, entry, origin);
      }
      compareMetadata(level, entry, inner.merged().top());
    }
  }

  private void madeAnew(
      DiffLevel level, EntryComparison.ComparedEntry entry, Optional<ShownEntry> old)
      throws IOException {
    if (!isReplaced(level, entry, old)) {
      if (compareContent) {
        compareMetadata(level, entry, old.get());
      } else {
        tellChange(ChangeKind.REPLACED, level, entry.name(), entry.stat());
      }
    }
  }

  private void compareMetadata(DiffLevel level, EntryComparison.ComparedEntry entry, ShownEntry old)
      throws IOException {
    if (!comparison.sameAttributes(entry, old)) {
      tellChange(ChangeKind.METADATA, level, entry.name(), entry.stat());
    }
  }

  private void compareRenamed(
      DiffLevel level, EntryComparison.ComparedEntry entry, LowerOrigin origin) {
    tellChange(
        ChangeKind.RENAMED,
        level,
        entry.name(),
        entry.stat(),
        Optional.of(sources.of(origin.place())));
  }

  private void tellChange(ChangeKind kind, DiffLevel level, Name name, EntryStat stat) {
    tellChange(kind, level, name, stat, Optional.empty());
  }

  private void tellChange(
      ChangeKind kind, DiffLevel level, Name name, EntryStat stat, Optional<String> from) {
    long size = stat.type() == EntryType.FILE ? stat.size() : 0;
    String path = paths.of(level.place(), name);
    readyLength += path.length();
    ready.add(new Change(kind, path, stat.type(), size, from));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!taken.isEmpty() || !levels.isEmpty()) {
      try {
        if (taken.isEmpty()) {
          levels.pop().close();
        } else {
          taken.pop().close();
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
