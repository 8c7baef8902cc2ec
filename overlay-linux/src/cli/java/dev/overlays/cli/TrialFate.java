package dev.overlays.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say what becomes of the changes of a trial; at most one of them is given. */
final class TrialFate {
  @Option(
      names = "--apply",
      description = "Fold the changes into the directory if the command succeeds.")
  boolean apply;

  @Option(
      names = "--keep-to",
      paramLabel = "DIR",
      description = "Keep the changes, as an upper, in this new directory.")
  Path keepTo;

  @Option(names = "--discard", description = "Throw the changes away without asking.")
  boolean discard;
}
