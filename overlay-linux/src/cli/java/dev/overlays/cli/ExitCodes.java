package dev.overlays.cli;

/** The exit codes of the program. */
final class ExitCodes {
  /** All was done. */
  static final int DONE = 0;

  /** It was refused or has failed; the problems are printed. */
  static final int FAILED = 1;

  /** The arguments are wrong; nothing was done. */
  static final int WRONG_USAGE = 2;

  /** All was done, and something was found: problems of layers, or changes where asked for. */
  static final int FOUND = 3;

  /**
   * What env(1), timeout(1) and {@code docker run} return if they fail themselves, since the other
   * codes belong to the command that they start.
   */
  static final int TRIAL_FAILED = 125;

  /** What a shell returns for a program that was ended by SIGPIPE. */
  static final int OUTPUT_CLOSED = 128 + 13;

  private ExitCodes() {}
}
