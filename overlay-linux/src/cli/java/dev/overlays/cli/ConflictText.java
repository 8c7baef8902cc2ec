package dev.overlays.cli;

import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.SharedMergeReport;

/** Names the first conflict of a merge: a number alone helps nobody to look into it. */
final class ConflictText {
  private ConflictText() {}

  /** Returns a line to add to a report; empty if there was no conflict. */
  static String describe(SharedMergeReport report, ConflictPolicy policy) {
    return report.examples().isEmpty()
        ? ""
        : "\nfirst conflict: "
            + report.examples().get(0)
            + " (policy "
            + PolicyConverter.nameOf(policy)
            + ")";
  }
}
