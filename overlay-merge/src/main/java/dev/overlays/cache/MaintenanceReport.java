package dev.overlays.cache;

import dev.overlays.Problem;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.merge.text.ByteSize;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The report of a maintenance or its dry run.
 *
 * @param dryRun whether nothing was changed
 * @param before the disk space that the cache used before
 * @param after the disk space that it uses now
 * @param merge what was merged; empty if every instance was kept
 * @param vacuums what was removed from the uppers that stay, by instance
 * @param mounted the instances that were mounted again, or would be
 * @param notices messages that are not failures: a {@link
 *     dev.overlays.ProblemCode#CACHE_FILES_ASIDE} for each directory with files that were found in
 *     a mount point
 * @param duration how long it took
 */
public record MaintenanceReport(
    boolean dryRun,
    CacheDiskUse before,
    CacheDiskUse after,
    Optional<SharedMergeReport> merge,
    Map<String, VacuumReport> vacuums,
    List<String> mounted,
    List<Problem> notices,
    Duration duration) {

  /**
   * Makes a report.
   *
   * @param dryRun whether nothing was changed
   * @param before the disk space that the cache used
   * @param after the disk space that it uses now
   * @param merge what was merged
   * @param vacuums what was removed, by instance; copied
   * @param mounted the instances that were mounted again; copied
   * @param notices messages that are not failures; copied
   * @param duration how long it took
   */
  public MaintenanceReport {
    vacuums = Collections.unmodifiableMap(new LinkedHashMap<>(vacuums));
    mounted = List.copyOf(mounted);
    notices = List.copyOf(notices);
  }

  static MaintenanceReport of(
      boolean dryRun,
      CacheDiskUse before,
      CacheDiskUse after,
      Optional<SharedMergeReport> merge,
      Map<String, VacuumReport> vacuums,
      List<String> mounted,
      List<Problem> notices,
      long start) {
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    return new MaintenanceReport(dryRun, before, after, merge, vacuums, mounted, notices, duration);
  }

  /**
   * Returns the report as text: a line for each upper and each notice, the sizes, and how many
   * instances were mounted again.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    merge.ifPresent(report -> text.append(report).append('\n'));
    vacuums.forEach((name, report) -> text.append(name).append(": ").append(report).append('\n'));
    notices.forEach(notice -> text.append(notice).append('\n'));
    text.append(mounted.size()).append(dryRun ? " to be mounted again" : " mounted again");
    return text.append(
            String.format(
                Locale.ROOT,
                "; %s before, %s after, in %.3f s",
                ByteSize.format(before.total()),
                ByteSize.format(after.total()),
                duration.toNanos() / 1e9))
        .toString();
  }
}
