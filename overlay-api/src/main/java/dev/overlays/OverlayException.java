package dev.overlays;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a view cannot be mounted, unmounted or merged. Carries every {@link Problem} found.
 */
public class OverlayException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * Makes an exception for one or more problems.
   *
   * @param problems what is in the way, the most important first
   * @throws IllegalArgumentException if there is none
   */
  public OverlayException(List<Problem> problems) {
    this(problems, null);
  }

  /**
   * Makes an exception for one or more problems that another exception revealed.
   *
   * @param problems what is in the way, the most important first
   * @param cause the exception that revealed them; may be null
   * @throws IllegalArgumentException if there is none
   */
  @SuppressWarnings("exports") // Whoever compiles against this needs no annotations.
  public OverlayException(List<Problem> problems, @Nullable Throwable cause) {
    super(describeProblems(problems), cause);
    this.problems = List.copyOf(problems);
  }

  /**
   * Makes an exception for one problem.
   *
   * @param problem what is in the way
   */
  public OverlayException(Problem problem) {
    this(List.of(problem));
  }

  /**
   * Returns the problems, the most important first.
   *
   * @return at least one problem
   */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * Tells whether one of the problems has the given code.
   *
   * @param code the code looked for
   * @return whether it is among them
   */
  public boolean has(ProblemCode code) {
    return problems.stream().anyMatch(problem -> problem.code() == code);
  }

  static String describeProblems(List<Problem> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("an exception needs at least one problem");
    }
    return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
  }
}
