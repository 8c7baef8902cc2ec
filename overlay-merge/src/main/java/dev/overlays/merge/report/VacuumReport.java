package dev.overlays.merge.report;

import java.time.Duration;
import java.util.Locale;
import org.apache.commons.io.FileUtils;

/**
 * What a vacuum removed from an upper, or would remove.
 *
 * @param dryRun whether nothing was changed
 * @param filesRemoved how many files, symbolic links and nodes
 * @param directoriesRemoved how many directories
 * @param whiteoutsRemoved how many whiteouts that hid nothing
 * @param bytesFreed what the removed files took up on the disk, in bytes; their sizes where that is
 *     not known
 * @param duration how long it took
 */
public record VacuumReport(
    boolean dryRun,
    long filesRemoved,
    long directoriesRemoved,
    long whiteoutsRemoved,
    long bytesFreed,
    Duration duration) {

  /** Returns the report as one line for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %,d files, %,d directories, %,d whiteouts; %s freed, in %.3f s",
        dryRun ? "would remove" : "removed",
        filesRemoved,
        directoriesRemoved,
        whiteoutsRemoved,
        FileUtils.byteCountToDisplaySize(bytesFreed),
        duration.toNanos() / 1e9);
  }
}
