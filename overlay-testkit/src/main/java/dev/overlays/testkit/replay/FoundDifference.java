package dev.overlays.testkit.replay;

/**
 * A difference between two sides.
 *
 * @param replay the shortest replay found that shows it, for {@link DifferentialChecker#check}
 * @param signature a signature that differences of the same kind share
 * @param text a report for people: where the sides differ, how, and what the layers contain
 */
public record FoundDifference(Replay replay, String signature, String text) {

  /** Returns the report and the replay as Java. */
  @Override
  public String toString() {
    return text + "\n\n" + replay;
  }
}
