package dev.overlays.cache;

import dev.overlays.merge.SharedMergeReport;
import dev.overlays.merge.VacuumReport;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.FileUtils;

/**
 * What a maintenance did, or would do.
 *
 * @param dryRun whether nothing was changed
 * @param before what the cache took up on the disk
 * @param after what it takes up now
 * @param merge what was merged; empty if every instance was kept
 * @param vacuums what was removed from the uppers that stay, by instance
 * @param mounted the instances that were mounted again, or would be
 * @param duration how long it took
 */
public record MaintenanceReport(
    boolean dryRun,
    CacheUse before,
    CacheUse after,
    Optional<SharedMergeReport> merge,
    Map<String, VacuumReport> vacuums,
    List<String> mounted,
    Duration duration) {

  /**
   * Makes a report.
   *
   * @param dryRun whether nothing was changed
   * @param before what the cache took up
   * @param after what it takes up now
   * @param merge what was merged
   * @param vacuums what was removed; copied
   * @param mounted what was mounted again; copied
   * @param duration how long it took
   */
  public MaintenanceReport {
    vacuums = Collections.unmodifiableMap(new LinkedHashMap<>(vacuums));
    mounted = List.copyOf(mounted);
  }

  static MaintenanceReport of(
      boolean dryRun,
      CacheUse before,
      CacheUse after,
      Optional<SharedMergeReport> merge,
      Map<String, VacuumReport> vacuums,
      List<String> mounted,
      long start) {
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    return new MaintenanceReport(dryRun, before, after, merge, vacuums, mounted, duration);
  }

  /** Returns the report for people: a line for each upper, the bytes, what is mounted again. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    merge.ifPresent(report -> text.append(report).append('\n'));
    vacuums.forEach((name, report) -> text.append(name).append(": ").append(report).append('\n'));
    text.append(mounted.size()).append(dryRun ? " to be mounted again" : " mounted again");
    return text.append(
            String.format(
                Locale.ROOT,
                "; %s before, %s after, in %.3f s",
                FileUtils.byteCountToDisplaySize(before.total()),
                FileUtils.byteCountToDisplaySize(after.total()),
                duration.toNanos() / 1e9))
        .toString();
  }
}
