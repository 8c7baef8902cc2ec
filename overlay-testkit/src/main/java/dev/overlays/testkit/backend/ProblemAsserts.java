package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Assertions about the problems of a refusal. */
final class ProblemAsserts {
  private ProblemAsserts() {}

  /** Asserts that a problem has a message and a remedy. */
  static void assertHelpful(Problem problem) {
    assertFalse(problem.message().isBlank(), problem::toString);
    assertFalse(problem.remedy().isBlank(), problem::toString);
  }

  /**
   * Asserts that all problems are helpful and, if strict, that one has one of the codes and the
   * path, if given.
   */
  static void assertTold(
      List<Problem> problems, boolean strict, List<ProblemCode> codes, Optional<Path> path) {
    assertFalse(problems.isEmpty(), "there are no problems");
    problems.forEach(ProblemAsserts::assertHelpful);
    if (strict) {
      assertTrue(
          problems.stream()
              .filter(problem -> codes.contains(problem.code()))
              .anyMatch(problem -> path.isEmpty() || path.equals(problem.path())),
          () -> "one of " + codes + path.map(p -> " about " + p).orElse("") + " in " + problems);
    }
  }
}
