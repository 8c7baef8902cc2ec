package dev.overlays.testkit.replay;

import java.io.IOException;

/** One operation of a replay, done with nothing but {@code java.nio.file}. */
sealed interface ReplayStep
    permits AttributeStep, FileStep, HandleStep, ListingStep, ReadStep, TreeStep {

  /**
   * Does it.
   *
   * @return what can be compared of the result
   */
  String in(ViewSession session) throws IOException;

  /**
   * Tells whether a known difference makes the result depend on the side.
   *
   * @return whether there is nothing to compare
   */
  default boolean isUndetermined(ViewSession session) throws IOException {
    return false;
  }
}
