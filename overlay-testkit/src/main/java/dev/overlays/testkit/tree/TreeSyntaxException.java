package dev.overlays.testkit.tree;

/**
 * Thrown when the text of a {@link LayerTree} cannot be parsed. It names the line and what was
 * expected.
 */
public final class TreeSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The number of the line. */
  private final int lineNumber;

  /** What was expected. */
  private final String expected;

  TreeSyntaxException(int line, String expected, String found) {
    super("line " + line + ": expected " + expected + ", found " + found);
    this.lineNumber = line;
    this.expected = expected;
  }

  /**
   * Returns the number of the line.
   *
   * @return the number of the line, the first being 1
   */
  public int lineNumber() {
    return lineNumber;
  }

  /**
   * Returns what was expected in the line.
   *
   * @return a text for people
   */
  public String expected() {
    return expected;
  }
}
