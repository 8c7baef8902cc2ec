package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.MergedDirectory;
import dev.overlays.merge.lookup.MergedDirectory.Shown;
import dev.overlays.merge.lookup.Redirect;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Goes through an upper, parents before children, as far as it is asked for the next change: what
 * is kept is the directories that lead to the present place.
 */
final class DiffWalk implements Closeable {
  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final boolean compareContent;
  private final Deque<DiffLevel> levels = new ArrayDeque<>();
  private final Deque<Change> ready = new ArrayDeque<>();
  private Comparison comparison;

  private DiffWalk(LayerDirectory upper, LayerRoots lowers, boolean compareContent) {
    this.upper = upper;
    this.lowers = lowers;
    marks = lowers.marks();
    this.compareContent = compareContent;
  }

  static DiffWalk open(Job job, LayerStore store, boolean compareContent) throws IOException {
    LayerDirectory upper = store.open(job.upper());
    try {
      LayerRoots lowers = LayerRoots.open(store, job.lowers(), job.dataLowers(), job.marks());
      return new DiffWalk(upper, lowers, compareContent);
    } catch (IOException | RuntimeException e) {
      try (upper) {
        throw e;
      }
    }
  }

  /** The next change; null at the end. */
  Change next() throws IOException {
    if (comparison == null) {
      comparison = new Comparison(lowers);
      root();
    }
    while (ready.isEmpty() && !levels.isEmpty()) {
      step(levels.peek());
    }
    return ready.poll();
  }

  private void root() throws IOException {
    DiffLevel level = DiffLevel.root(upper, lowers.root());
    levels.push(level);
    EntryStat stat = LayerEntries.present(upper, Name.SELF);
    metadata(level, new Comparison.Entry(upper, Name.SELF, stat), level.merged().top());
  }

  private void step(DiffLevel level) throws IOException {
    Comparison.Entry next = level.next();
    if (next != null) {
      entry(level, next);
      return;
    }
    Shown hidden = level.nextHidden();
    if (hidden != null) {
      tell(ChangeKind.DELETED, level, hidden.name(), hidden.stat());
    } else {
      levels.pop().close();
    }
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

  /** Tells of an entry that the lowers have nothing of the same kind for. */
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

  /** Tells of a file that a directory of the lowers has under another name, if it has. */
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
        Optional.of(origin.place().path(Name.SELF)));
  }

  private void tell(ChangeKind kind, DiffLevel level, Name name, EntryStat stat) {
    tell(kind, level, name, stat, Optional.empty());
  }

  private void tell(
      ChangeKind kind, DiffLevel level, Name name, EntryStat stat, Optional<String> from) {
    long size = stat.type() == EntryType.FILE ? stat.size() : 0;
    ready.add(new Change(kind, level.place().path(name), stat.type(), size, from));
  }

  @Override
  public void close() throws IOException {
    try (upper;
        lowers) {
      while (!levels.isEmpty()) {
        levels.pop().close();
      }
    }
  }
}
