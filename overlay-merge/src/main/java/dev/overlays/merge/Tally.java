package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Counts what a merge does, and tells the listener. */
final class Tally {
  private final long start = System.nanoTime();
  private final Map<MergeAction, Long> counts = new EnumMap<>(MergeAction.class);
  private final MergeListener listener;
  private long bytesMoved;

  /** The listener may be null. */
  Tally(MergeListener listener) {
    this.listener = listener;
  }

  /** An entry went to the lower. */
  void moved(MergeAction action, Place place, Name name, EntryStat stat) {
    long bytes = stat.type() == EntryType.FILE ? stat.size() : 0;
    bytesMoved += bytes;
    add(action, place, name, bytes);
  }

  void add(MergeAction action, Place place, Name name) {
    add(action, place, name, 0);
  }

  private void add(MergeAction action, Place place, Name name, long bytes) {
    counts.merge(action, 1L, Long::sum);
    if (listener != null) {
      listener.done(action, place.path(name), bytes);
    }
  }

  MergeReport report(boolean dryRun) {
    return new MergeReport(dryRun, counts, bytesMoved, Duration.ofNanos(System.nanoTime() - start));
  }
}
