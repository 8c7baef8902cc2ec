package dev.overlays.merge.report;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a repair did.
 *
 * @param repaired the number of repaired problems for each code
 * @param left the problems that are left, sorted by path, at most 1,000
 * @param duration how long it took
 */
public record RepairReport(Map<ProblemCode, Long> repaired, List<Problem> left, Duration duration) {

  /**
   * Makes a report.
   *
   * @param repaired the number of repaired problems for each code; copied
   * @param left the problems that are left; copied
   * @param duration how long it took
   */
  public RepairReport {
    Map<ProblemCode, Long> copy = new EnumMap<>(ProblemCode.class);
    copy.putAll(repaired);
    repaired = Collections.unmodifiableMap(copy);
    left = List.copyOf(left);
  }

  /**
   * Returns the number of repaired problems of a code.
   *
   * @param code the code
   * @return the count, 0 if there was none
   */
  public long count(ProblemCode code) {
    return repaired.getOrDefault(code, 0L);
  }

  /** Returns the report as one readable line. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    repaired.forEach(
        (code, count) -> parts.add(String.format(Locale.ROOT, "%,d %s", count, code.id())));
    return String.format(
        Locale.ROOT,
        "repaired: %s; %,d left, in %.3f s",
        parts.isEmpty() ? "nothing" : String.join(", ", parts),
        left.size(),
        duration.toNanos() / 1e9);
  }
}
