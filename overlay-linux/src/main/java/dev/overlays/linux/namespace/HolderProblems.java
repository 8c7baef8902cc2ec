package dev.overlays.linux.namespace;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;

/** The problems of a shell that is gone or does not answer. */
final class HolderProblems {
  private HolderProblems() {}

  static Problem goneHolder(long pid, String why) {
    return Problem.of(
        ProblemCode.HOLDER_FAILED,
        "The process " + pid + ", which held the view, is gone: " + why + ".",
        "Mount again; everything written is in the upper. Find out what ended the process.");
  }

  static Problem silentHolder(long pid) {
    return Problem.of(
        ProblemCode.HOLDER_FAILED,
        "The process " + pid + ", which holds the view, does not answer: it may be stopped.",
        "Let it continue (kill -CONT "
            + pid
            + "): it then runs the last command. Or end it (kill -KILL "
            + pid
            + "), which unmounts all of its views, and mount again: everything written is in the"
            + " upper.");
  }
}
