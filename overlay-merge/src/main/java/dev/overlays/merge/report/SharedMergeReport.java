package dev.overlays.merge.report;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What the merge of several uppers into one lower did, or would do.
 *
 * @param dryRun whether nothing was changed
 * @param policy how conflicts are resolved
 * @param merges the report for each upper, in merge order; a dry run reports each as if it were
 *     merged first
 * @param conflicts the number of conflicts of each kind
 * @param examples the first conflicts
 * @param duration how long it took
 */
public record SharedMergeReport(
    boolean dryRun,
    ConflictPolicy policy,
    Map<Path, MergeReport> merges,
    Map<ConflictKind, Long> conflicts,
    List<Conflict> examples,
    Duration duration) {

  /**
   * Makes a report.
   *
   * @param dryRun whether nothing was changed
   * @param policy how conflicts are resolved
   * @param merges the report for each upper; copied
   * @param conflicts the number of conflicts of each kind; copied
   * @param examples the first conflicts; copied
   * @param duration how long it took
   */
  public SharedMergeReport {
    Objects.requireNonNull(policy, "policy");
    merges = Collections.unmodifiableMap(new LinkedHashMap<>(merges));
    Map<ConflictKind, Long> counts = new EnumMap<>(ConflictKind.class);
    counts.putAll(conflicts);
    conflicts = Collections.unmodifiableMap(counts);
    examples = List.copyOf(examples);
  }

  /**
   * Returns the number of conflicts of a kind.
   *
   * @param kind the kind
   * @return the count, 0 if there was none
   */
  public long conflicts(ConflictKind kind) {
    return conflicts.getOrDefault(kind, 0L);
  }

  /**
   * Returns the report as readable text: a line for each upper, and one for the conflicts, which
   * names the first and what becomes of it.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    merges.forEach((upper, report) -> text.append(upper).append(": ").append(report).append('\n'));
    long all = conflicts.values().stream().mapToLong(Long::longValue).sum();
    text.append(String.format(Locale.ROOT, "%,d %s", all, all == 1 ? "conflict" : "conflicts"));
    if (!examples.isEmpty()) {
      Conflict first = examples.get(0);
      text.append(all == 1 ? ": " : ", the first: ").append(first);
      text.append("; ").append(policy.outcomeOf(first.kind()));
    }
    return text.toString();
  }
}
