package dev.overlays.testkit.replay;

import java.io.IOException;

/** One operation of a replay, done with nothing but {@code java.nio.file}. */
sealed interface Step permits AttributeStep, FileStep, HandleStep, ListingStep, ReadStep, TreeStep {

  /**
   * Does it.
   *
   * @return what can be compared of the result
   */
  String in(Session session) throws IOException;

  /**
   * Tells whether it depends on two paths being one file or two.
   *
   * @return whether they are one in this view
   */
  default boolean isWithinOneFile(Session session) throws IOException {
    return false;
  }
}
