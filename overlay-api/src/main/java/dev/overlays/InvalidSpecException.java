package dev.overlays;

import java.util.List;

/**
 * Thrown by {@link OverlaySpec.Builder#build()} when the spec contradicts itself, whatever the disk
 * holds. Carries every {@link Problem} found.
 */
public class InvalidSpecException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * Makes an exception for one or more problems.
   *
   * @param problems what is wrong with the spec
   * @throws IllegalArgumentException if there is none
   */
  public InvalidSpecException(List<Problem> problems) {
    super(OverlayException.describeProblems(problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * Returns what is wrong with the spec.
   *
   * @return at least one problem
   */
  public List<Problem> problems() {
    return problems;
  }
}
