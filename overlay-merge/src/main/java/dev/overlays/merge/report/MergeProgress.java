package dev.overlays.merge.report;

import java.time.Duration;
import java.util.Locale;
import org.apache.commons.io.FileUtils;

/**
 * How far a merge is.
 *
 * @param entries the entries of the upper that are done
 * @param totalEntries how many there are, as far as that was known at the start
 * @param bytesMoved the sizes of the files that were added or replaced so far, in bytes
 * @param elapsed since the start
 */
public record MergeProgress(long entries, long totalEntries, long bytesMoved, Duration elapsed) {

  /**
   * Returns how fast it is.
   *
   * @return entries a second, 0 at the start
   */
  public double entriesPerSecond() {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds > 0 ? entries / seconds : 0;
  }

  /**
   * Returns how long the rest will take at this rate.
   *
   * @return the estimate; zero as long as there is none
   */
  public Duration remaining() {
    return entries == 0
        ? Duration.ZERO
        : Duration.ofNanos(
            (long) ((double) elapsed.toNanos() / entries * (totalEntries - entries)));
  }

  /** Returns the progress as one line for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d of %,d entries, %s, %,.0f entries/s, %.1f s left",
        entries,
        totalEntries,
        FileUtils.byteCountToDisplaySize(bytesMoved),
        entriesPerSecond(),
        remaining().toNanos() / 1e9);
  }
}
