package dev.overlays.cli;

import dev.overlays.Problem;
import dev.overlays.cli.output.JsonFields;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.cli.output.ReportedProblem;

/**
 * A problem of a layer that a check has found, as one line.
 *
 * @param problem the problem
 */
record LayerFinding(ReportedProblem problem) {

  static LayerFinding of(Problem problem) {
    return new LayerFinding(ReportedProblem.of(problem));
  }

  JsonFields fields() {
    return ReportFields.of(problem);
  }

  @Override
  public String toString() {
    String place = problem.path().map(path -> path + ": ").orElse("");
    return problem.code() + ": " + place + problem.message() + " " + problem.remedy();
  }
}
