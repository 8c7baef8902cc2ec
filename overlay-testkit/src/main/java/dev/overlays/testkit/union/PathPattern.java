package dev.overlays.testkit.union;

import java.nio.file.PathMatcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The two pattern syntaxes that every file system supports, glob and regex; {@code getPathMatcher}
 * describes globs.
 */
final class PathPattern {
  private static final String REGEX_META = ".^$+{[]|()";
  private static final char END = 0;

  private final String glob;
  private final StringBuilder regex = new StringBuilder("^");
  private boolean inGroup;
  private int at;

  private PathPattern(String glob) {
    this.glob = glob;
  }

  static PathMatcher of(String syntaxAndPattern) {
    int colon = syntaxAndPattern.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("no syntax in " + syntaxAndPattern);
    }
    String syntax = syntaxAndPattern.substring(0, colon);
    String input = syntaxAndPattern.substring(colon + 1);
    Pattern pattern;
    if (syntax.equalsIgnoreCase("glob")) {
      pattern = Pattern.compile(new PathPattern(input).translateGlob());
    } else if (syntax.equalsIgnoreCase("regex")) {
      pattern = Pattern.compile(input);
    } else {
      throw new UnsupportedOperationException("Syntax '" + syntax + "' not recognized");
    }
    return path -> pattern.matcher(path.toString()).matches();
  }

  private char peekChar() {
    return at < glob.length() ? glob.charAt(at) : END;
  }

  private PatternSyntaxException syntaxError(String what, int index) {
    return new PatternSyntaxException(what, glob, index);
  }

  private String translateGlob() {
    while (at < glob.length()) {
      char c = glob.charAt(at++);
      switch (c) {
        case '\\' -> appendEscaped();
        case '/' -> regex.append('/');
        case '[' -> appendBracket();
        case '{' -> openGroup();
        case '}' -> closeGroup();
        case ',' -> regex.append(inGroup ? ")|(?:" : ",");
        case '*' -> appendStar();
        case '?' -> regex.append("[^/]");
        default -> appendLiteral(c);
      }
    }
    if (inGroup) {
      throw syntaxError("Missing '}'", at - 1);
    }
    return regex.append('$').toString();
  }

  private void appendLiteral(char c) {
    if (REGEX_META.indexOf(c) >= 0) {
      regex.append('\\');
    }
    regex.append(c);
  }

  private void appendEscaped() {
    if (at == glob.length()) {
      throw syntaxError("No character to escape", at - 1);
    }
    char next = glob.charAt(at++);
    regex.append(Pattern.quote(String.valueOf(next)));
  }

  private void appendStar() {
    if (peekChar() == '*') {
      at++;
      regex.append(".*");
    } else {
      regex.append("[^/]*");
    }
  }

  private void openGroup() {
    if (inGroup) {
      throw syntaxError("Cannot nest groups", at - 1);
    }
    inGroup = true;
    regex.append("(?:(?:");
  }

  private void closeGroup() {
    if (inGroup) {
      regex.append("))");
      inGroup = false;
    } else {
      regex.append("\\}");
    }
  }

  /**
   * Translates a bracket expression. Characters are literal except in a range; a slash never
   * matches.
   */
  private void appendBracket() {
    regex.append("[[^/]&&[");
    if (peekChar() == '^') {
      regex.append("\\^");
      at++;
    } else {
      if (peekChar() == '!') {
        regex.append('^');
        at++;
      }
      if (peekChar() == '-') {
        regex.append("\\-");
        at++;
      }
    }
    boolean range = false;
    while (peekChar() != ']') {
      if (at == glob.length()) {
        throw syntaxError("Missing ']'", at - 1);
      }
      range = appendBracketed(glob.charAt(at++), range);
    }
    at++;
    regex.append("]]");
  }

  private boolean appendBracketed(char c, boolean startsRange) {
    if (c == '/') {
      throw syntaxError("Explicit 'name separator' in class", at - 1);
    }
    if (c == '-' && startsRange && peekChar() != ']') {
      regex.append('-');
      return false;
    }
    if (c == '\\' || c == '[' || c == '&' || c == '-' || c == '^') {
      regex.append('\\');
    }
    regex.append(c);
    return true;
  }
}
