package dev.overlays.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits for those who use a view. */
final class WaitOption {
  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "0s",
      description = "How long to wait for those who use an instance, such as 30s.")
  private Duration patience;

  Duration patience() {
    return patience;
  }
}
