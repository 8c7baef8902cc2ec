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
import dev.overlays.lookup.MergedDirectory.Shown;
import dev.overlays.lookup.Redirect;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ChangeKind;
import dev.overlays.merge.run.PathText;
import dev.overlays.merge.survey.Origin;
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
  private static final int AHEAD = 1000;

  /** The most characters that the paths of these changes have. */
  private static final int AHEAD_LENGTH = 1 << 20;

  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final Comparison comparison;
  private final boolean compareContent;

  /** Opens the first level of the walk. */
  private final IOConsumer<DiffWalk> start;

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
      Comparison comparison,
      boolean compareContent,
      PathText paths,
      PathText sources,
      IOConsumer<DiffWalk> start) {
    this.paths = paths;
    this.sources = sources;
    this.lowers = lowers;
    this.comparison = comparison;
    marks = lowers.marks();
    this.compareContent = compareContent;
    this.start = start;
  }

  /**
   * Returns a walk from the roots, which stay open. The helpers are null if it runs in one thread.
   */
  static DiffWalk of(
      LayerDirectory upper, LayerRoots lowers, boolean compareContent, Executor helpers)
      throws IOException {
    DiffWalk walk =
        new DiffWalk(
            lowers,
            new Comparison(lowers),
            compareContent,
            new PathText(),
            new PathText(),
            started -> started.root(upper));
    walk.helpers = helpers;
    return walk;
  }

  /** Returns a walk through one directory. It has no helpers until it is taken over. */
  DiffWalk through(DiffLevel level, Comparison.Entry directory) {
    return new DiffWalk(
        lowers,
        comparison,
        compareContent,
        new PathText(paths),
        new PathText(sources),
        walk -> walk.directory(level, directory, level.old().find(directory.name())));
  }

  /** Finds the first changes, for a helper thread. */
  void begin() throws IOException {
    Deque<DiffWalk> none = new ArrayDeque<>(0);
    while (!ended && ready.size() < AHEAD && readyLength < AHEAD_LENGTH && step(none)) {
      // Goes on until there are enough changes.
    }
  }

  /** Makes {@link #begin} return. */
  void end() {
    ended = true;
  }

  /** Returns the next change; null at the end. */
  Change next() throws IOException {
    while (true) {
      DiffWalk walk = taken.isEmpty() ? this : taken.peek();
      Change change = walk.ready.poll();
      if (change != null) {
        return change;
      }
      if (!walk.step(taken)) {
        if (walk == this) {
          return null;
        }
        taken.pop().close();
      }
    }
  }

  private void root(LayerDirectory upper) throws IOException {
    DiffLevel level = DiffLevel.root(upper, lowers.root());
    levels.push(level);
    EntryStat stat = LayerEntries.present(upper, Name.SELF);
    metadata(level, new Comparison.Entry(upper, Name.SELF, stat), level.merged().top());
  }

  /**
   * Advances by one entry, and returns whether there was one. A directory that a helper has begun
   * is pushed to {@code begun}.
   */
  private boolean step(Deque<DiffWalk> begun) throws IOException {
    if (!started) {
      started = true;
      start.accept(this);
      return true;
    }
    if (levels.isEmpty()) {
      return false;
    }
    step(levels.peek(), begun);
    return true;
  }

  private void step(DiffLevel level, Deque<DiffWalk> begun) throws IOException {
    Comparison.Entry next = level.next();
    if (next != null) {
      if (helpers == null || !next.stat().isDirectory() || !isBegun(level, next, begun)) {
        entry(level, next);
      }
      return;
    }
    Shown hidden = level.nextHidden();
    if (hidden != null) {
      tell(ChangeKind.DELETED, level, hidden.name(), hidden.stat());
    } else {
      levels.pop().close();
    }
  }

  /**
   * Takes over a directory that a helper has begun and returns true, or else lets a helper begin
   * the next one.
   */
  private boolean isBegun(DiffLevel level, Comparison.Entry directory, Deque<DiffWalk> begun)
      throws IOException {
    DiffAhead ahead = level.begun(directory);
    if (ahead == null) {
      level.lookAhead(this, helpers);
      return false;
    }
    DiffWalk inner = ahead.take();
    inner.helpers = helpers;
    begun.push(inner);
    return true;
  }

  private void entry(DiffLevel level, Comparison.Entry entry) throws IOException {
    Optional<Shown> old = level.old().find(entry.name());
    if (entry.stat().isDirectory()) {
      directory(level, entry, old);
    } else if (LayerEntries.isWhiteout(entry.directory(), entry.name(), entry.stat(), marks)) {
      if (old.isPresent()) {
        tell(ChangeKind.DELETED, level, entry.name(), old.get().stat());
      }
    } else if (isMetacopy(entry)) {
      metacopy(level, entry, old);
    } else if (!isReplaced(level, entry, old)) {
      leaf(level, entry, old.get());
    }
  }

  private void leaf(DiffLevel level, Comparison.Entry entry, Shown old) throws IOException {
    boolean asks = compareContent || entry.stat().type() != EntryType.FILE;
    if (asks && Comparison.sameContent(entry, level.old(), old)) {
      metadata(level, entry, old);
    } else {
      tell(ChangeKind.MODIFIED, level, entry.name(), entry.stat());
    }
  }

  /**
   * Reports an entry for which the lowers have none of the same type, and returns whether it is
   * one.
   */
  private boolean isReplaced(DiffLevel level, Comparison.Entry entry, Optional<Shown> old) {
    if (old.isPresent() && old.get().stat().type() == entry.stat().type()) {
      return false;
    }
    ChangeKind kind = old.isPresent() ? ChangeKind.REPLACED : ChangeKind.ADDED;
    tell(kind, level, entry.name(), entry.stat());
    return true;
  }

  private boolean isMetacopy(Comparison.Entry entry) throws IOException {
    return entry.stat().type() == EntryType.FILE
        && entry.directory().xattr(entry.name(), Mark.METACOPY.xattr(marks)).isPresent();
  }

  private void metacopy(DiffLevel level, Comparison.Entry entry, Optional<Shown> old)
      throws IOException {
    Origin origin = Origin.of(entry.directory(), entry.name(), level.source(), marks);
    if (isRenamed(level, entry, origin) || isReplaced(level, entry, old)) {
      return;
    }
    if (compareContent) {
      metadata(level, entry, old.get());
    } else {
      tell(ChangeKind.METADATA, level, entry.name(), entry.stat());
    }
  }

  private boolean isRenamed(DiffLevel level, Comparison.Entry entry, Origin origin)
      throws IOException {
    if (!origin.isElsewhere()) {
      return false;
    }
    if (!origin.redirect().absolute()) {
      return isRenamed(level, entry, origin, level.merged());
    }
    Redirect parent = origin.parent();
    try (MergedDirectory around = parent == null ? lowers.root() : lowers.root().open(parent)) {
      return isRenamed(level, entry, origin, around);
    }
  }

  /**
   * Reports a file that a directory of the lowers has under another name, and returns whether it
   * has.
   */
  private boolean isRenamed(
      DiffLevel level, Comparison.Entry entry, Origin origin, MergedDirectory around)
      throws IOException {
    Optional<Shown> source = around.find(origin.place().name());
    if (source.isEmpty() || source.get().stat().type() != EntryType.FILE) {
      return false;
    }
    renamed(level, entry, origin);
    metadata(level, entry, source.get());
    return true;
  }

  private void directory(DiffLevel level, Comparison.Entry entry, Optional<Shown> old)
      throws IOException {
    Origin origin = Origin.of(entry.directory(), entry.name(), level.source(), marks);
    DiffLevel inner = level.open(entry.name(), origin);
    levels.push(inner);
    if (inner.isAnew()) {
      madeAnew(level, entry, old);
    } else {
      if (origin.isElsewhere()) {
        renamed(level, entry, origin);
      }
      metadata(level, entry, inner.merged().top());
    }
  }

  private void madeAnew(DiffLevel level, Comparison.Entry entry, Optional<Shown> old)
      throws IOException {
    if (!isReplaced(level, entry, old)) {
      if (compareContent) {
        metadata(level, entry, old.get());
      } else {
        tell(ChangeKind.REPLACED, level, entry.name(), entry.stat());
      }
    }
  }

  private void metadata(DiffLevel level, Comparison.Entry entry, Shown old) throws IOException {
    if (!comparison.sameAttributes(entry, old)) {
      tell(ChangeKind.METADATA, level, entry.name(), entry.stat());
    }
  }

  private void renamed(DiffLevel level, Comparison.Entry entry, Origin origin) {
    tell(
        ChangeKind.RENAMED,
        level,
        entry.name(),
        entry.stat(),
        Optional.of(sources.of(origin.place())));
  }

  private void tell(ChangeKind kind, DiffLevel level, Name name, EntryStat stat) {
    tell(kind, level, name, stat, Optional.empty());
  }

  private void tell(
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
