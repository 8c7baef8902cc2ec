package dev.overlays.merge.run;

import dev.overlays.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Keeps the first problems by path, up to a limit. Which ones does not depend on the order in which
 * they are found, because listings have no order.
 */
public final class FirstProblems {
  static final int MOST_KEPT = 1_000;

  private static final Comparator<Problem> ORDER =
      Comparator.comparing((Problem problem) -> problem.path().map(Object::toString).orElse(""))
          .thenComparing(Problem::code)
          .thenComparing(Problem::message);

  private final TreeSet<Problem> first = new TreeSet<>(ORDER);

  public void addProblem(Problem problem) {
    first.add(problem);
    if (first.size() > MOST_KEPT) {
      first.pollLast();
    }
  }

  public List<Problem> sortedProblems() {
    return List.copyOf(first);
  }
}
