package dev.overlays.linux.programs;

/** The result of using a program in a view. */
enum ProgramOutcome {
  /** Used, mounted again, verified, merged, and verified in the lower. */
  WORKS_IN_VIEW("works"),

  /** Reported an error, and wrote nothing elsewhere. */
  FAILS_LOUDLY("fails"),

  /** Reported no error, but its data was missing later. */
  LOSES_DATA("loses data"),

  /** Wrote outside of the view. */
  WRITES_ELSEWHERE("writes elsewhere");

  private final String words;

  ProgramOutcome(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
