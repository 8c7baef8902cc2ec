package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a refusal has to tell. */
final class ProblemAsserts {
  private ProblemAsserts() {}

  /** Says what is wrong, and what to do about it. */
  static void assertHelpful(Problem problem) {
    assertFalse(problem.message().isBlank(), problem::toString);
    assertFalse(problem.remedy().isBlank(), problem::toString);
  }

  /** Helpful problems, of which one has one of the codes and the path, if that is asked for. */
  static void assertTold(
      List<Problem> problems, boolean strict, List<ProblemCode> codes, Optional<Path> path) {
    assertFalse(problems.isEmpty(), "nothing is told");
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
