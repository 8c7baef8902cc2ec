package dev.overlays.cli;

import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.JsonOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.StandardStreams;
import dev.overlays.cli.output.TerminalCheck;
import dev.overlays.cli.output.TextOutput;
import java.io.IOException;
import picocli.CommandLine.Option;

/** The options of every command that say how it prints. */
final class OutputOptions {
  @Option(
      names = "--json",
      description =
          "Print one object of JSON to standard output, also if the command fails. Its problems[], as"
              + " any notices[], have: code, path, message, remedy.")
  private boolean json;

  @Option(
      names = "--debug",
      description =
          "Print the log of the library, and where in the program a failure has come from.")
  private boolean debug;

  boolean isJson() {
    return json;
  }

  boolean isDebug() {
    return debug;
  }

  CommandOutput openOutput() throws IOException {
    return json
        ? new JsonOutput(StandardStreams.OUT, StandardStreams.ERR)
        : new TextOutput(StandardStreams.OUT, StandardStreams.ERR);
  }

  ProgressOutput openProgress() {
    return new ProgressOutput(StandardStreams.ERR, TerminalCheck.isTerminal(2));
  }
}
