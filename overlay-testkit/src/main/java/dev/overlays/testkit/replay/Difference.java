package dev.overlays.testkit.replay;

/**
 * What two sides do not have in common.
 *
 * @param replay the shortest replay found in which it is seen, for {@link Differential#check}
 * @param way what it has in common with other differences that are the same in kind
 * @param text where it was seen and what, for people, with what is in the layers
 */
public record Difference(Replay replay, String way, String text) {

  /** Returns everything for people, with the replay as Java. */
  @Override
  public String toString() {
    return text + "\n\n" + replay;
  }
}
