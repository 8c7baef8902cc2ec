package dev.overlays.merge.report;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a squash did, or would do.
 *
 * @param dryRun whether nothing was changed
 * @param lowers the lowers of the same view without the layers that are empty now
 * @param merges the report for each of the empty layers, top-most first; a dry run reports each as
 *     if it were merged first
 * @param duration how long it took
 */
public record SquashReport(
    boolean dryRun, List<Path> lowers, Map<Path, MergeReport> merges, Duration duration) {

  /**
   * Makes a report.
   *
   * @param dryRun whether nothing was changed
   * @param lowers the lowers of the same view without the layers that are empty now
   * @param merges the report for each of the empty layers; copied
   * @param duration how long it took
   */
  public SquashReport {
    lowers = List.copyOf(lowers);
    merges = Collections.unmodifiableMap(new LinkedHashMap<>(merges));
  }

  /** Returns the report as readable text: a line for each layer. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    merges.forEach((layer, report) -> text.append(layer).append(": ").append(report).append('\n'));
    return text.toString();
  }
}
