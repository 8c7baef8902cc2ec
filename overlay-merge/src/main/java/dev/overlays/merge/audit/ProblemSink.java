package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import java.io.IOException;

/** What becomes of the problems that a check finds. */
@FunctionalInterface
public interface ProblemSink {
  /** One problem; the repair is null where there is none that leaves the view as it is. */
  void foundProblem(Problem problem, ProblemRepair repair) throws IOException;

  /** Steps that undo a problem; the view is the same after every single one. */
  @FunctionalInterface
  interface ProblemRepair {
    void makeRepair() throws IOException;
  }

  default void foundProblem(Problem problem) throws IOException {
    foundProblem(problem, null);
  }

  /** The same for the problems of one layer. */
  default ProblemSink sinkIn(LayerDirectory layer) throws IOException {
    return this;
  }
}
