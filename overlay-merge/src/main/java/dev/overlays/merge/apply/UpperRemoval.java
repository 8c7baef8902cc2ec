package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.LayerListings;
import dev.overlays.merge.run.MergeSelection;
import java.io.IOException;

/**
 * Removes from a directory of the upper what has been copied to another file system, after that has
 * made it durable. Directories in it have been dealt with before.
 */
final class UpperRemoval {
  private final MergeRun run;

  UpperRemoval(MergeRun run) {
    this.run = run;
  }

  void removeLeaves(MergeLevel level) throws IOException {
    if (run.changes().dryRun()) {
      return;
    }
    LayerListings.forEach(
        level.upper(),
        (name, type) -> {
          MergeSelection inner = level.selection().selectionBelow(name);
          boolean staging = level.place().isRoot() && name.equals(run.staging());
          if (type != EntryType.DIRECTORY
              && !staging
              && !inner.isNothing()
              && inner.takesEntry()
              && !isKept(level, name)) {
            run.changes().removeEntry(level.upper(), name);
          }
        });
  }

  /** What the policy has left in the upper is still hiding something of the lower. */
  private boolean isKept(MergeLevel level, Name name) throws IOException {
    EntryStat own = LayerEntries.present(level.upper(), name);
    return LayerEntries.isWhiteout(level.upper(), name, own, run.marks())
        ? level.keepsWhiteout(name)
        : level.keepsEntry(name);
  }
}
