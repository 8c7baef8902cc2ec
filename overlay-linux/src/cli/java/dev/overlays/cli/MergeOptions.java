package dev.overlays.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of everything that changes layers. */
final class MergeOptions {
  @Mixin private WorkerOption workerOption;

  @Option(names = "--dry-run", description = "Print what would be done, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description =
          "Paths that stay in the upper, such as '**/*.tmp': * and ? stand for characters of a name,"
              + " ** for any number of names. Repeatable.")
  private List<String> excluded = new ArrayList<>();

  boolean isDryRun() {
    return dryRun;
  }

  int workers() {
    return workerOption.workers();
  }

  String[] excluded() {
    return excluded.toArray(String[]::new);
  }
}
