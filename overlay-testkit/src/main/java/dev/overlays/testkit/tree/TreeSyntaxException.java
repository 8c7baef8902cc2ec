package dev.overlays.testkit.tree;

/** Thrown when the text of a {@link LayerTree} cannot be read: in which line, and what was due. */
public final class TreeSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The number of the line. */
  private final int line;

  /** What it should have had. */
  private final String expected;

  TreeSyntaxException(int line, String expected, String found) {
    super("line " + line + ": expected " + expected + ", found " + found);
    this.line = line;
    this.expected = expected;
  }

  /**
   * Returns where it is.
   *
   * @return the number of the line, the first being 1
   */
  public int line() {
    return line;
  }

  /**
   * Returns what the line should have had.
   *
   * @return for people
   */
  public String expected() {
    return expected;
  }
}
