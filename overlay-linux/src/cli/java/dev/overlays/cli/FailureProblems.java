package dev.overlays.cli;

import dev.overlays.InvalidSpecException;
import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.cli.output.ReportedProblem;
import dev.overlays.layer.LayerEntries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Turns what a command has thrown into problems. */
final class FailureProblems {
  static final String WRONG_USAGE = "wrong-usage";

  private FailureProblems() {}

  static List<ReportedProblem> of(Throwable failure) {
    if (failure instanceof OverlayException e) {
      return ofLibrary(e.problems());
    }
    if (failure instanceof InvalidSpecException e) {
      return ofLibrary(e.problems());
    }
    if (failure instanceof UncheckedIOException e) {
      return of(e.getCause());
    }
    if (failure instanceof IOException e) {
      return List.of(inputOutputProblem(e));
    }
    return List.of(
        new ReportedProblem(
            "internal-error",
            Optional.empty(),
            "The program itself has failed: " + failure + ".",
            "Run it again with --debug, and report what it prints."));
  }

  private static List<ReportedProblem> ofLibrary(List<Problem> problems) {
    // Instances fail for one reason.
    return problems.stream().distinct().map(ReportedProblem::of).toList();
  }

  private static ReportedProblem inputOutputProblem(IOException failure) {
    Optional<Path> path = Optional.empty();
    String what = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    if (failure instanceof FileSystemException e && e.getFile() != null) {
      path = Optional.of(Path.of(e.getFile()));
      what = LayerEntries.reasonOf(e);
    }
    return new ReportedProblem(
        "input-output-failed",
        path,
        "A file cannot be read or written: " + what + ".",
        "Check that it exists, the rights to it and to its directory, and that space is left.");
  }

  static ReportedProblem wrongUsage(String message, String command) {
    return new ReportedProblem(
        WRONG_USAGE, Optional.empty(), message, "Read \"" + command + " --help\".");
  }
}
