package dev.overlays.cli.output;

import dev.overlays.Problem;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is in the way, as it is printed: a {@link Problem} of the library, or one of the program's
 * own.
 *
 * @param code a stable word
 * @param path what it is about, if anything
 * @param message what is wrong
 * @param remedy what to do
 */
public record ReportedProblem(String code, Optional<Path> path, String message, String remedy) {

  /**
   * Returns a problem of the library.
   *
   * @param problem the problem
   * @return what is printed of it
   */
  public static ReportedProblem of(Problem problem) {
    return new ReportedProblem(
        problem.code().id(),
        problem.path(),
        ProgramWords.translate(problem.message()),
        ProgramWords.translate(problem.remedy()));
  }

  /** Returns lines: what is wrong and its code, then the path, then what to do. */
  @Override
  public String toString() {
    String place = path.map(each -> "\n  path: " + each).orElse("");
    return "overlays: %s [%s]%s\n  help: %s"
        .formatted(message.replace("\n", "\n  "), code, place, remedy.replace("\n", "\n  "));
  }
}
