package dev.overlays.merge.report;

import dev.overlays.merge.text.ByteSize;
import java.time.Duration;
import java.util.Locale;

/**
 * What a vacuum removed from an upper, or would remove.
 *
 * @param dryRun whether nothing was changed
 * @param filesRemoved the number of files, symbolic links and nodes removed
 * @param directoriesRemoved the number of directories removed
 * @param whiteoutsRemoved the number of whiteouts removed that hid nothing
 * @param bytesFreed the disk space of the removed files, in bytes; their sizes where that is
 *     unknown
 * @param duration how long it took
 */
public record VacuumReport(
    boolean dryRun,
    long filesRemoved,
    long directoriesRemoved,
    long whiteoutsRemoved,
    long bytesFreed,
    Duration duration) {

  /** Returns the report as one readable line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %,d files, %,d directories, %,d whiteouts; %s freed, in %.3f s",
        dryRun ? "would remove" : "removed",
        filesRemoved,
        directoriesRemoved,
        whiteoutsRemoved,
        ByteSize.format(bytesFreed),
        duration.toNanos() / 1e9);
  }
}
