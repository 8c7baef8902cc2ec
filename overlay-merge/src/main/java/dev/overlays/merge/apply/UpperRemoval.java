package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.DirectoryListing;
import dev.overlays.merge.run.EntrySelection;
import java.io.IOException;

/**
 * Removes from a directory of the upper the entries whose copies in the lower are durable. Inner
 * directories have been removed before.
 */
final class UpperRemoval {
  private final MergeRun run;

  UpperRemoval(MergeRun run) {
    this.run = run;
  }

  /** Removes what is copied, and returns whether there was anything. */
  boolean removeCopied(MergeLevel level) throws IOException {
    boolean[] removed = {false};
    if (run.changes().isDryRun()) {
      return false;
    }
    DirectoryListing.forEach(
        level.upper(),
        (name, type) -> {
          EntrySelection inner = level.selection().selectionBelow(name);
          boolean staging = level.place().isRoot() && name.equals(run.staging());
          if (type != EntryType.DIRECTORY
              && !staging
              && !inner.takesNothing()
              && inner.takesEntry()
              && !(level.hasOthers() && isKept(level, name))) {
            run.changes().removeEntry(level.upper(), name);
            removed[0] = true;
          }
        });
    return removed[0];
  }

  /** Whether an entry stays because of other instances: it still hides something of the lower. */
  private boolean isKept(MergeLevel level, Name name) throws IOException {
    EntryStat own = LayerEntries.requireStat(level.upper(), name);
    return LayerEntries.isWhiteout(level.upper(), name, own, run.marks())
        ? level.keepsWhiteout(name)
        : level.keepsEntry(name);
  }
}
