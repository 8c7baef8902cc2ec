package dev.overlays;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a caller is told when no backend serves a spec: first what is wrong with its paths, which no
 * backend could help; then why each backend refuses, those first whose remedy is nearest at hand;
 * then what else the backends have found.
 */
final class RefusalReport {
  private static final Set<ProblemCode> WRONG_PATHS =
      EnumSet.of(
          ProblemCode.LAYER_NOT_FOUND,
          ProblemCode.LAYER_NOT_DIRECTORY,
          ProblemCode.MOUNT_POINT_NOT_FOUND,
          ProblemCode.MOUNT_POINT_NOT_DIRECTORY,
          ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND);

  private final List<Problem> problems = new ArrayList<>();
  private final Set<List<Object>> told = new HashSet<>();

  private RefusalReport() {}

  /**
   * Makes the report.
   *
   * @param choice which backends refuse
   * @param asked the backends
   * @param broken those that could not be loaded
   * @param spec what they refuse
   */
  static List<Problem> of(
      BackendChoice choice, List<OverlayBackend> asked, List<Problem> broken, OverlaySpec spec) {
    List<Problem> wrongPaths = new ArrayList<>();
    List<BackendRefusal> others = new ArrayList<>();
    for (OverlayBackend backend : asked) {
      for (Problem problem : backend.check(spec)) {
        if (WRONG_PATHS.contains(problem.code())) {
          wrongPaths.add(problem);
        } else {
          others.add(new BackendRefusal(backend, problem, BackendRefusal.Kind.SPEC));
        }
      }
    }
    RefusalReport report = new RefusalReport();
    boolean names = asked.size() > 1;
    wrongPaths.forEach(problem -> report.add(problem, problem));
    report.addAll(
        choice.refusals().stream().sorted(Comparator.comparing(BackendRefusal::kind)).toList(),
        names);
    broken.forEach(problem -> report.add(problem, problem));
    report.addAll(others, names);
    return report.problems;
  }

  /** What several backends say in the same words is told once, with the names of all. */
  private void addAll(List<BackendRefusal> refusals, boolean names) {
    Map<Problem, Set<String>> backends = new LinkedHashMap<>();
    for (BackendRefusal refusal : refusals) {
      backends
          .computeIfAbsent(refusal.problem(), problem -> new LinkedHashSet<>())
          .add(refusal.backend().name());
    }
    backends.forEach(
        (problem, who) -> add(problem, names ? BackendRefusal.named(problem, who) : problem));
  }

  /** Two backends say of one path what is the same to a reader. */
  private void add(Problem problem, Problem shown) {
    boolean aboutPath = problem.path().isPresent();
    List<Object> key = aboutPath ? List.of(problem.code(), problem.path().get()) : List.of(shown);
    if (told.add(key)) {
      problems.add(shown);
    }
  }
}
