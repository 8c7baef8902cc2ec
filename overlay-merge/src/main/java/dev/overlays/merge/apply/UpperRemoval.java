package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.Entries;
import dev.overlays.merge.run.Selection;
import java.io.IOException;

/**
 * Removes from a directory of the upper the entries whose copies in the lower are durable. Inner
 * directories have been removed before.
 */
final class UpperRemoval {
  private final Run run;

  UpperRemoval(Run run) {
    this.run = run;
  }

  void leaves(Level level) throws IOException {
    if (run.changes().dryRun()) {
      return;
    }
    Entries.forEach(
        level.upper(),
        (name, type) -> {
          Selection inner = level.selection().below(name);
          boolean staging = level.place().isRoot() && name.equals(run.staging());
          if (type != EntryType.DIRECTORY
              && !staging
              && !inner.isNothing()
              && inner.takesEntry()
              && !isKept(level, name)) {
            run.changes().remove(level.upper(), name);
          }
        });
  }

  /** Whether an entry stays because of other instances: it still hides something of the lower. */
  private boolean isKept(Level level, Name name) throws IOException {
    EntryStat own = LayerEntries.present(level.upper(), name);
    return LayerEntries.isWhiteout(level.upper(), name, own, run.marks())
        ? level.keepsWhiteout(name)
        : level.keeps(name);
  }
}
