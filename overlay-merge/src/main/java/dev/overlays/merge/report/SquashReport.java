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
 * @param lowers the lowers that the same view has without the layers that are empty now
 * @param merges what was done with each of these, top-most first; a dry run tells of each as if it
 *     were the first
 * @param duration how long it took
 */
public record SquashReport(
    boolean dryRun, List<Path> lowers, Map<Path, MergeReport> merges, Duration duration) {

  /**
   * Makes a report.
   *
   * @param dryRun whether nothing was changed
   * @param lowers the lowers that the same view has without the layers that are empty now
   * @param merges what was done with each of these; copied
   * @param duration how long it took
   */
  public SquashReport {
    lowers = List.copyOf(lowers);
    merges = Collections.unmodifiableMap(new LinkedHashMap<>(merges));
  }

  /** Returns the report for people: a line for each layer. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    merges.forEach((layer, report) -> text.append(layer).append(": ").append(report).append('\n'));
    return text.toString();
  }
}
