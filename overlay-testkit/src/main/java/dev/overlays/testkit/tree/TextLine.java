package dev.overlays.testkit.tree;

/** Scans a line of the text of a tree from left to right. */
final class TextLine {
  private final int lineNumber;
  private final String text;
  private final int indentWidth;
  private int position;

  TextLine(int number, String text) {
    this.lineNumber = number;
    this.text = text.stripTrailing();
    indentWidth = (int) this.text.chars().takeWhile(c -> c == ' ').count();
    position = indentWidth;
    if (isAt('\t')) {
      throw syntaxError("spaces in front of a name");
    }
  }

  int indentWidth() {
    return indentWidth;
  }

  /** Whether the line is blank or a comment. */
  boolean isEmpty() {
    return indentWidth == text.length() || text.charAt(indentWidth) == '#';
  }

  boolean isAt(char c) {
    return position < text.length() && text.charAt(position) == c;
  }

  boolean acceptSymbol(String symbol) {
    boolean there = text.startsWith(symbol, position);
    position += there ? symbol.length() : 0;
    return there;
  }

  /** Skips spaces; false at the end of the line. */
  boolean skipToNext() {
    int from = position;
    while (isAt(' ')) {
      position++;
    }
    if (position < text.length() && position == from) {
      throw syntaxError("a space");
    }
    return position < text.length();
  }

  /** Scans a quoted value, or a bare one up to a space, a quote or one of the given characters. */
  String scanValue(String what, String ends) {
    if (isAt('"')) {
      return scanQuoted();
    }
    int from = position;
    while (position < text.length()
        && !isAt(' ')
        && !isAt('"')
        && ends.indexOf(currentChar()) < 0) {
      position++;
    }
    if (position == from) {
      throw syntaxError(what);
    }
    return QuotedBytes.encodeUtf8(text.substring(from, position));
  }

  private char currentChar() {
    return text.charAt(position);
  }

  private String scanQuoted() {
    position++;
    StringBuilder bytes = new StringBuilder();
    while (position < text.length() && !isAt('"')) {
      if (isAt('\\')) {
        position++;
        bytes.append(scanEscape());
      } else {
        int c = text.codePointAt(position);
        position += Character.charCount(c);
        bytes.append(QuotedBytes.encodeUtf8(Character.toString(c)));
      }
    }
    if (!acceptSymbol("\"")) {
      throw syntaxError("a closing quote");
    }
    return bytes.toString();
  }

  private char scanEscape() {
    char c = position < text.length() ? currentChar() : ' ';
    position++;
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '"', '\\' -> c;
      case 'x' -> scanHex();
      default -> {
        position -= 2;
        throw syntaxError("one of the escapes \\n \\r \\t \\\" \\\\ \\xHH");
      }
    };
  }

  private char scanHex() {
    int from = position;
    position = Math.min(from + 2, text.length());
    String digits = text.substring(from, position);
    if (!digits.matches("[0-9a-fA-F]{2}")) {
      position = from;
      throw syntaxError("two hexadecimal digits");
    }
    return (char) Integer.parseInt(digits, 16);
  }

  /** Returns the exception for an error at the current position. */
  TreeSyntaxException syntaxError(String what) {
    String rest = text.substring(Math.min(position, text.length()));
    return syntaxError(what, rest.isEmpty() ? "the end of the line" : "'" + rest + "'");
  }

  /** Returns the exception for an error in this line. */
  TreeSyntaxException syntaxError(String what, String found) {
    return new TreeSyntaxException(lineNumber, what, found);
  }
}
