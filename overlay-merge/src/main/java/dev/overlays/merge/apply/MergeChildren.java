package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.run.DirectoryTasks;
import java.io.IOException;

/** Goes through the entries of one directory of the upper. */
final class MergeChildren implements TreeWalk.Step {
  private final MergeWalk walk;
  private final MergeLevel level;
  private final MergeRun run;
  private final ListedTypes listings;
  private final DirectoryTasks joins;
  private EntryCursor entries;
  private boolean listed;
  private boolean copies;

  MergeChildren(MergeWalk walk, MergeLevel level, MergeRun run) {
    this.walk = walk;
    this.level = level;
    this.run = run;
    copies = level.copiesEntries();
    listings = new ListedTypes(level.upper(), level.lower());
    joins = new DirectoryTasks(run.workers());
  }

  @Override
  public TreeWalk.Step nextStep() throws IOException {
    if (copies != level.copiesEntries()) {
      // A rename has been refused, so all that is still there is copied.
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
      run.checkCancelled();
      TreeWalk.Step inner = walk.mergeEntry(level, entry, listings, joins);
      if (inner != null) {
        return inner;
      }
      if (copies != level.copiesEntries()) {
        break;
      }
    }
    listed = true;
    return joins;
  }

  /** Whether every entry has left nothing behind. */
  boolean areGone() {
    return joins.areGone();
  }

  /** Whether one entry has left nothing behind. */
  boolean anyGone() {
    return joins.anyGone();
  }

  @Override
  public void close() {
    // The handles belong to whoever has opened the directory.
  }
}
