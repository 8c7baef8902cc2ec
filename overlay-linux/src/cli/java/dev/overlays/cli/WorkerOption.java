package dev.overlays.cli;

import picocli.CommandLine.Option;

/** How many threads work. */
final class WorkerOption {
  /** What is taken if nothing is said. */
  static final int SINGLE = 1;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description = "The number of threads: ${DEFAULT-VALUE} by default.")
  private int workers;

  int workers() {
    return workers;
  }
}
