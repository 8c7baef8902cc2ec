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
 * The problems of a spec that no backend mounts: first wrong paths, which fail with every backend;
 * then why each backend refuses the spec, the easiest remedy first; then whatever else the backends
 * found.
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
  private final Set<List<Object>> reported = new HashSet<>();

  private RefusalReport() {}

  /**
   * Returns the problems in the order of the report.
   *
   * @param choice which backends refuse
   * @param asked the backends
   * @param broken the providers that could not be loaded
   * @param spec what they refuse
   */
  static List<Problem> listProblems(
      ChosenBackend choice, List<OverlayBackend> asked, List<Problem> broken, OverlaySpec spec) {
    List<Problem> wrongPaths = new ArrayList<>();
    List<BackendRefusal> others = new ArrayList<>();
    for (OverlayBackend backend : asked) {
      for (Problem problem : backend.check(spec)) {
        if (WRONG_PATHS.contains(problem.code())) {
          wrongPaths.add(problem);
        } else {
          others.add(new BackendRefusal(backend, problem, BackendRefusal.RemedyKind.OTHER_SPEC));
        }
      }
    }
    RefusalReport report = new RefusalReport();
    boolean names = asked.size() > 1;
    wrongPaths.forEach(problem -> report.addProblem(problem, problem));
    report.addRefusals(
        choice.refusals().stream().sorted(Comparator.comparing(BackendRefusal::kind)).toList(),
        names);
    broken.forEach(problem -> report.addProblem(problem, problem));
    report.addRefusals(others, names);
    return report.problems;
  }

  /**
   * Adds a problem that several backends report in the same words once, with the names of all of
   * them.
   */
  private void addRefusals(List<BackendRefusal> refusals, boolean names) {
    Map<Problem, Set<String>> backends = new LinkedHashMap<>();
    for (BackendRefusal refusal : refusals) {
      backends
          .computeIfAbsent(refusal.problem(), problem -> new LinkedHashSet<>())
          .add(refusal.backend().name());
    }
    backends.forEach(
        (problem, who) ->
            addProblem(problem, names ? BackendRefusal.withBackendNames(problem, who) : problem));
  }

  /** Adds a problem unless one with the same code and path is in the report already. */
  private void addProblem(Problem problem, Problem shown) {
    boolean aboutPath = problem.path().isPresent();
    List<Object> key = aboutPath ? List.of(problem.code(), problem.path().get()) : List.of(shown);
    if (reported.add(key)) {
      problems.add(shown);
    }
  }
}
