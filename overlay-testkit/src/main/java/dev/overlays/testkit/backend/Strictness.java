package dev.overlays.testkit.backend;

/** How much of a refusal has to be right. */
public enum Strictness {
  /** The code of the problem, its path, and the type of a {@code java.nio.file} exception. */
  STRICT,

  /** That it is a refusal: any problem that says what is wrong and what to do, any exception. */
  LENIENT
}
