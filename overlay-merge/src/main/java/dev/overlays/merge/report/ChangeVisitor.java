package dev.overlays.merge.report;

import java.io.IOException;

/** Hears of each change that an upper makes. */
@FunctionalInterface
public interface ChangeVisitor {
  /**
   * Called for one change.
   *
   * @param change what has changed
   * @throws IOException what ends the diff, and goes to its caller
   */
  void visit(Change change) throws IOException;
}
