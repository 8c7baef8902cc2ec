package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import java.io.IOException;

/** What becomes of the problems that a check finds. */
@FunctionalInterface
public interface ProblemHandler {
  /** One problem; the repair is null where there is none that leaves the view as it is. */
  void handleProblem(Problem problem, RepairStep repair) throws IOException;

  /** Steps that undo a problem; the view is the same after every single one. */
  @FunctionalInterface
  interface RepairStep {
    void makeRepair() throws IOException;
  }

  default void handleProblem(Problem problem) throws IOException {
    handleProblem(problem, null);
  }

  /** The same for the problems of one layer. */
  default ProblemHandler forLayer(LayerDirectory layer) throws IOException {
    return this;
  }
}
