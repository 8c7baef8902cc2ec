package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.run.DirectoryTasks;
import java.io.IOException;

/** Merges the entries of one directory of the upper. */
final class ChildrenMergeStep implements TreeWalk.WalkStep {
  private final MergeWalk walk;
  private final MergeLevel level;
  private final MergeRun run;
  private final ListingLookup listings;
  private final DirectoryTasks joins;
  private EntryCursor entries;
  private boolean listed;
  private boolean copies;

  ChildrenMergeStep(MergeWalk walk, MergeLevel level, MergeRun run) {
    this.walk = walk;
    this.level = level;
    this.run = run;
    copies = level.usesCopies();
    listings = new ListingLookup(level.upper(), level.lower(), level.marks());
    joins = new DirectoryTasks(run.workers());
  }

  @Override
  public TreeWalk.WalkStep nextStep() throws IOException {
    if (copies != level.usesCopies()) {
      // A rename was refused, so all remaining entries are copied.
      copies = true;
      entries = null;
      listed = false;
    }
    if (listed) {
      return null;
    }
    if (entries == null) {
      entries = level.upper().entries();
    }
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      run.throwIfEnding();
      TreeWalk.WalkStep inner = walk.mergeEntry(level, entry, listings, joins);
      if (inner != null) {
        return inner;
      }
      if (copies != level.usesCopies()) {
        break;
      }
    }
    listed = true;
    return joins;
  }

  /** Whether no entry has left anything in the upper. */
  boolean allGone() {
    return joins.allMerged();
  }

  /** Whether at least one entry has left nothing in the upper. */
  boolean anyGone() {
    return joins.anyMerged();
  }

  @Override
  public void close() {
    // The step that has opened the directory closes it.
  }
}
