package dev.overlays.merge.vacuum;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.run.MergeSelection;
import java.io.Closeable;
import java.io.IOException;

/** One directory of the upper while a vacuum is in it. */
final class VacuumLevel implements Closeable {
  private final LayerDirectory upper;
  private final MergedDirectory below;
  private final MergeSelection selection;
  private final DirectoryTimes times;
  private EntryStat before;
  private boolean remembered;

  /** The handles belong to this from now on. */
  VacuumLevel(
      LayerDirectory upper, MergedDirectory below, MergeSelection selection, DirectoryTimes times) {
    this.upper = upper;
    this.below = below;
    this.selection = selection;
    this.times = times;
  }

  VacuumLevel open(Name name, MergeSelection inner) throws IOException {
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

  /** What is merged below it; nothing if it is opaque. */
  MergedDirectory below() {
    return below;
  }

  MergeSelection selection() {
    return selection;
  }

  /** Looks when it was last changed, or what an earlier run that was cut off knew of that. */
  void beginLevel(MarkNamespace marks) throws IOException {
    before = LayerEntries.present(upper, Name.SELF);
    if (upper.xattr(Name.SELF, Mark.MERGE_TIME.xattr(marks)).isPresent()) {
      rememberTimes();
    }
  }

  /** Called before each change of an entry here, by whichever worker makes it. */
  synchronized void rememberTimes() throws IOException {
    if (!remembered) {
      before = times.rememberTime(upper, Name.SELF, before);
      remembered = true;
    }
  }

  /** What it was before the first change. */
  synchronized EntryStat statBefore() {
    return before;
  }

  /** Puts its time right, if anything has been changed here. */
  synchronized void endLevel() throws IOException {
    if (remembered) {
      times.restoreTime(upper, Name.SELF, before);
    }
  }

  @Override
  public void close() throws IOException {
    try (upper;
        below) {
      // Only to close both, whatever one of them throws.
    }
  }
}
