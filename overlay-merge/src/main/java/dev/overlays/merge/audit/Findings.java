package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import java.io.IOException;

/** Handles the problems that a check finds. */
@FunctionalInterface
public interface Findings {
  /** Handles one problem. The repair is null if none leaves the view unchanged. */
  void found(Problem problem, Repair repair) throws IOException;

  /** Repairs a problem. The view is the same after every single operation. */
  @FunctionalInterface
  interface Repair {
    void make() throws IOException;
  }

  default void found(Problem problem) throws IOException {
    found(problem, null);
  }

  /** Returns the handler for the problems of one layer. */
  default Findings in(LayerDirectory layer) throws IOException {
    return this;
  }
}
