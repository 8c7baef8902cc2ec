package dev.overlays.merge.report;

import dev.overlays.merge.text.ByteSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a merge did, or would do.
 *
 * @param dryRun whether nothing was changed
 * @param counts the number of entries for each action, including directories and everything in them
 * @param bytesMoved the total size of the files added or replaced, in bytes; 0 for a merge by
 *     renames without a listener, which does not read sizes
 * @param bytesFreed for a dry run, the disk space of the lower's files that would be deleted or
 *     replaced, in bytes; 0 for a merge, which does not read it
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
   * @param counts the number of entries for each action; copied
   * @param bytesMoved the total size of the files added or replaced, in bytes
   * @param bytesFreed the disk space of the lower's files that would be deleted or replaced, in
   *     bytes
   * @param duration how long it took
   */
  public MergeReport {
    Map<MergeAction, Long> copy = new EnumMap<>(MergeAction.class);
    copy.putAll(counts);
    counts = Collections.unmodifiableMap(copy);
  }

  /**
   * Returns the number of entries for an action.
   *
   * @param action the action
   * @return the count, 0 if there was none
   */
  public long count(MergeAction action) {
    return counts.getOrDefault(action, 0L);
  }

  /** Returns the report as one readable line. */
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
        bytesMoved > 0 ? "; " + ByteSize.format(bytesMoved) + " moved" : "",
        duration.toNanos() / 1e9);
  }
}
