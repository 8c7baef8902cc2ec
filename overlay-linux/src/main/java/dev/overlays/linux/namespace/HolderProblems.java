package dev.overlays.linux.namespace;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;

/** What is told of a shell that does not do what it is told. */
final class HolderProblems {
  private HolderProblems() {}

  static Problem goneHolder(long pid, String why) {
    return Problem.of(
        ProblemCode.HOLDER_FAILED,
        "The process " + pid + ", which held the view, is gone: " + why + ".",
        "Mount anew; what was written is in the upper. Look for who has ended it.");
  }

  static Problem silentHolder(long pid) {
    return Problem.of(
        ProblemCode.HOLDER_FAILED,
        "The process " + pid + ", which holds the view, does not answer: it may be stopped.",
        "Let it go on (kill -CONT "
            + pid
            + "): it then does what it was told last. Or end it (kill -KILL "
            + pid
            + "), which unmounts all of its views, and mount anew: what was written is in the"
            + " upper.");
  }
}
