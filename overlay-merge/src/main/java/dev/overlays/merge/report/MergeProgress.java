package dev.overlays.merge.report;

import dev.overlays.merge.text.ByteSize;
import java.time.Duration;
import java.util.Locale;

/**
 * The progress of a merge.
 *
 * @param entries the number of entries of the upper that are done
 * @param totalEntries the number of entries, as known at the start
 * @param bytesMoved the total size of the files added or replaced so far, in bytes
 * @param elapsed the time since the start
 */
public record MergeProgress(long entries, long totalEntries, long bytesMoved, Duration elapsed) {

  /**
   * Returns the speed of the merge.
   *
   * @return entries per second; 0 at the start
   */
  public double entriesPerSecond() {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds > 0 ? entries / seconds : 0;
  }

  /**
   * Returns how long the rest will take at the current speed.
   *
   * @return the estimate; zero while there is none
   */
  public Duration remaining() {
    return entries == 0
        ? Duration.ZERO
        : Duration.ofNanos(
            (long) ((double) elapsed.toNanos() / entries * (totalEntries - entries)));
  }

  /** Returns the progress as one readable line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d of %,d entries, %s, %,.0f entries/s, %.1f s left",
        entries,
        totalEntries,
        ByteSize.format(bytesMoved),
        entriesPerSecond(),
        remaining().toNanos() / 1e9);
  }
}
