package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import java.io.IOException;
import org.apache.commons.io.function.IORunnable;

/** Handles the problems that a check finds. */
@FunctionalInterface
public interface ProblemHandler {
  /**
   * Handles one problem. The repair keeps the view unchanged after every single operation; it is
   * null if no repair can.
   */
  void handleProblem(Problem problem, IORunnable repair) throws IOException;

  default void handleProblem(Problem problem) throws IOException {
    handleProblem(problem, null);
  }

  /** Returns the handler for the problems of one layer. */
  default ProblemHandler forLayer(LayerDirectory layer) throws IOException {
    return this;
  }
}
