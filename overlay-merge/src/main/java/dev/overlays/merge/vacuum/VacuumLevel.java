package dev.overlays.merge.vacuum;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.run.EntrySelection;
import java.io.Closeable;
import java.io.IOException;

/** One directory of the upper during a vacuum. */
final class VacuumLevel implements Closeable {
  private final LayerDirectory upper;
  private final MergedDirectory below;
  private final EntrySelection selection;
  private final DirectoryTimes times;
  private EntryStat before;
  private boolean remembered;

  /** Takes over the handles and closes them. */
  VacuumLevel(
      LayerDirectory upper, MergedDirectory below, EntrySelection selection, DirectoryTimes times) {
    this.upper = upper;
    this.below = below;
    this.selection = selection;
    this.times = times;
  }

  VacuumLevel openInner(Name name, EntrySelection inner) throws IOException {
    MergedDirectory merged = below.below(upper, name);
    try {
      return new VacuumLevel(upper.open(name), merged, inner, times);
    } catch (IOException | RuntimeException e) {
      try (merged) {
        throw e;
      }
    }
  }

  LayerDirectory upper() {
    return upper;
  }

  /** Returns what is merged below it; nothing if it is opaque. */
  MergedDirectory below() {
    return below;
  }

  EntrySelection selection() {
    return selection;
  }

  /** Reads the time of its last change, or the time that an interrupted run has remembered. */
  void readTime(MarkNamespace marks) throws IOException {
    before = LayerEntries.requireStat(upper, Name.SELF);
    if (upper.xattr(Name.SELF, Mark.MERGE_TIME.xattr(marks)).isPresent()) {
      rememberTime();
    }
  }

  /** Remembers the time. Every worker calls this before it changes an entry here. */
  synchronized void rememberTime() throws IOException {
    if (!remembered) {
      before = times.rememberTime(upper, Name.SELF, before);
      remembered = true;
    }
  }

  /** Returns its state before the first change. */
  synchronized EntryStat statBefore() {
    return before;
  }

  /** Restores the time if an entry was changed here. */
  synchronized void restoreTime() throws IOException {
    if (remembered) {
      times.restoreTime(upper, Name.SELF, before);
    }
  }

  @Override
  public void close() throws IOException {
    try (upper;
        below) {
      // Closes both, even if one of them throws.
    }
  }
}
