package dev.overlays.linux.programs;

/** The result of using a program in a view. */
enum Outcome {
  /** Used, mounted again, verified, merged, and verified in the lower. */
  WORKS("works"),

  /** Reported an error, and wrote nothing elsewhere. */
  FAILS("fails"),

  /** Reported no error, but its data was missing later. */
  LOSES("loses data"),

  /** Wrote outside of the view. */
  ELSEWHERE("writes elsewhere");

  private final String words;

  Outcome(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
