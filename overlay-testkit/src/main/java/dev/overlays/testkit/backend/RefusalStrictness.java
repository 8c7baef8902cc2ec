package dev.overlays.testkit.backend;

/** How precisely refusals are checked. */
public enum RefusalStrictness {
  /**
   * The code and the path of a problem, and the type of a {@code java.nio.file} exception, must
   * match.
   */
  STRICT,

  /** Any problem with a message and a remedy, and any exception, is accepted. */
  LENIENT
}
