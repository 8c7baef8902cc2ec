package dev.overlays.merge.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.io.FileUtils;

/**
 * What a merge did, or would do.
 *
 * @param dryRun whether nothing was changed
 * @param counts how many entries each action met, directories and all that is in them included
 * @param bytesMoved the sizes of the files that were added or replaced, in bytes. A merge by
 *     renames to which nobody listens does not look at them, and tells 0
 * @param bytesFreed of a dry run, what the lower's files take up on the disk that would be deleted
 *     or replaced, in bytes; a merge does not look at them, and tells 0
 * @param duration how long it took
 */
public record MergeReport(
    boolean dryRun,
    Map<MergeAction, Long> counts,
    long bytesMoved,
    long bytesFreed,
    Duration duration) {

  /**
   * Makes a report.
   *
   * @param dryRun whether nothing was changed
   * @param counts how many entries each action met; copied
   * @param bytesMoved the sizes of the files that were added or replaced
   * @param bytesFreed what the lower's files take up that would be deleted or replaced
   * @param duration how long it took
   */
  public MergeReport {
    Map<MergeAction, Long> copy = new EnumMap<>(MergeAction.class);
    copy.putAll(counts);
    counts = Collections.unmodifiableMap(copy);
  }

  /**
   * Returns how many entries an action met.
   *
   * @param action the action
   * @return the count, 0 if there was none
   */
  public long count(MergeAction action) {
    return counts.getOrDefault(action, 0L);
  }

  /** Returns the report as one line for people. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    for (MergeAction action : MergeAction.values()) {
      if (count(action) > 0) {
        String word = action.name().toLowerCase(Locale.ROOT);
        parts.add(String.format(Locale.ROOT, "%,d %s", count(action), word));
      }
    }
    return String.format(
        Locale.ROOT,
        "%s: %s%s, in %.3f s",
        dryRun ? "would merge" : "merged",
        parts.isEmpty() ? "nothing" : String.join(", ", parts),
        bytesMoved > 0 ? "; " + FileUtils.byteCountToDisplaySize(bytesMoved) + " moved" : "",
        duration.toNanos() / 1e9);
  }
}
