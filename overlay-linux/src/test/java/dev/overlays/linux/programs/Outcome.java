package dev.overlays.linux.programs;

/** What has come of a program in a view. */
enum Outcome {
  /** Used, mounted again, verified, merged, and verified in the lower. */
  WORKS("works"),

  /** Has said that it cannot, and has written nothing elsewhere. */
  FAILS("fails"),

  /** Said nothing when it was used, and what it had written was not there later. */
  LOSES("loses data"),

  /** Has written outside of the view. */
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
