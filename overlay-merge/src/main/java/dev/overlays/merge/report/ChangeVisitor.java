package dev.overlays.merge.report;

import java.io.IOException;

/** Is called for each change that an upper makes. */
@FunctionalInterface
public interface ChangeVisitor {
  /**
   * Called for one change.
   *
   * @param change the change
   * @throws IOException to end the diff; the caller of the diff gets it
   */
  void visit(Change change) throws IOException;
}
