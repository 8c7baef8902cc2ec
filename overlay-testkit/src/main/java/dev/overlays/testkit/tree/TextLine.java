package dev.overlays.testkit.tree;

/** Scans a line of the text of a tree from left to right. */
final class TextLine {
  private final int number;
  private final String text;
  private final int indent;
  private int position;

  TextLine(int number, String text) {
    this.number = number;
    this.text = text.stripTrailing();
    indent = (int) this.text.chars().takeWhile(c -> c == ' ').count();
    position = indent;
    if (at('\t')) {
      throw expected("spaces in front of a name");
    }
  }

  int indent() {
    return indent;
  }

  /** Whether the line is blank or a comment. */
  boolean isEmpty() {
    return indent == text.length() || text.charAt(indent) == '#';
  }

  boolean at(char c) {
    return position < text.length() && text.charAt(position) == c;
  }

  boolean take(String symbol) {
    boolean there = text.startsWith(symbol, position);
    position += there ? symbol.length() : 0;
    return there;
  }

  /** Skips spaces; false at the end of the line. */
  boolean next() {
    int from = position;
    while (at(' ')) {
      position++;
    }
    if (position < text.length() && position == from) {
      throw expected("a space");
    }
    return position < text.length();
  }

  /** Scans a quoted value, or a bare one up to a space, a quote or one of the given characters. */
  String value(String what, String ends) {
    if (at('"')) {
      return quoted();
    }
    int from = position;
    while (position < text.length() && !at(' ') && !at('"') && ends.indexOf(current()) < 0) {
      position++;
    }
    if (position == from) {
      throw expected(what);
    }
    return QuotedBytes.bytes(text.substring(from, position));
  }

  private char current() {
    return text.charAt(position);
  }

  private String quoted() {
    position++;
    StringBuilder bytes = new StringBuilder();
    while (position < text.length() && !at('"')) {
      if (at('\\')) {
        position++;
        bytes.append(escaped());
      } else {
        int c = text.codePointAt(position);
        position += Character.charCount(c);
        bytes.append(QuotedBytes.bytes(Character.toString(c)));
      }
    }
    if (!take("\"")) {
      throw expected("a closing quote");
    }
    return bytes.toString();
  }

  private char escaped() {
    char c = position < text.length() ? current() : ' ';
    position++;
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '"', '\\' -> c;
      case 'x' -> hex();
      default -> {
        position -= 2;
        throw expected("one of the escapes \\n \\r \\t \\\" \\\\ \\xHH");
      }
    };
  }

  private char hex() {
    int from = position;
    position = Math.min(from + 2, text.length());
    String digits = text.substring(from, position);
    if (!digits.matches("[0-9a-fA-F]{2}")) {
      position = from;
      throw expected("two hexadecimal digits");
    }
    return (char) Integer.parseInt(digits, 16);
  }

  /** Returns the exception for an error at the current position. */
  TreeSyntaxException expected(String what) {
    String rest = text.substring(Math.min(position, text.length()));
    return expected(what, rest.isEmpty() ? "the end of the line" : "'" + rest + "'");
  }

  /** Returns the exception for an error in this line. */
  TreeSyntaxException expected(String what, String found) {
    return new TreeSyntaxException(number, what, found);
  }
}
