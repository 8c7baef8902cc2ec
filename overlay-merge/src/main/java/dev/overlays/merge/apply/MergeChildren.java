package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.run.Joins;
import java.io.IOException;

/** Merges the entries of one directory of the upper. */
final class MergeChildren implements TreeWalk.Step {
  private final MergeWalk walk;
  private final Level level;
  private final Run run;
  private final Listings listings;
  private final Joins joins;
  private EntryCursor entries;
  private boolean listed;
  private boolean copies;

  MergeChildren(MergeWalk walk, Level level, Run run) {
    this.walk = walk;
    this.level = level;
    this.run = run;
    copies = level.copies();
    listings = new Listings(level.upper(), level.lower());
    joins = new Joins(run.workers());
  }

  @Override
  public TreeWalk.Step advance() throws IOException {
    if (copies != level.copies()) {
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
      run.check();
      TreeWalk.Step inner = walk.entry(level, entry, listings, joins);
      if (inner != null) {
        return inner;
      }
      if (copies != level.copies()) {
        break;
      }
    }
    listed = true;
    return joins;
  }

  /** Whether no entry has left anything in the upper. */
  boolean areGone() {
    return joins.areGone();
  }

  /** Whether at least one entry has left nothing in the upper. */
  boolean anyGone() {
    return joins.anyGone();
  }

  @Override
  public void close() {
    // The step that has opened the directory closes it.
  }
}
