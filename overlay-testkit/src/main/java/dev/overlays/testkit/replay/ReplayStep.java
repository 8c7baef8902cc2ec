package dev.overlays.testkit.replay;

import java.io.IOException;

/** One operation of a replay, done with nothing but {@code java.nio.file}. */
sealed interface ReplayStep
    permits AttributeStep, FileStep, HandleStep, ListingStep, ReadStep, TreeStep {

  /**
   * Performs the step.
   *
   * @return the result as text to compare
   */
  String performIn(ViewSession session) throws IOException;

  /**
   * Returns whether a known difference makes the result depend on the side.
   *
   * @return whether the step is skipped
   */
  default boolean isUndetermined(ViewSession session) throws IOException {
    return false;
  }
}
