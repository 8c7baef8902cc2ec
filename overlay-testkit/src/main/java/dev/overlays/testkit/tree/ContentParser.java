package dev.overlays.testkit.tree;

import java.util.Locale;
import java.util.Optional;

/** Collects what a line specifies of the content of a file. */
final class ContentParser {
  private final TextLine line;
  private Optional<FileContent> said = Optional.empty();
  private Optional<Long> size = Optional.empty();
  private Optional<String> sha256 = Optional.empty();

  ContentParser(TextLine line) {
    this.line = line;
  }

  boolean isSaid() {
    return said.isPresent() || size.isPresent() || sha256.isPresent();
  }

  void literal(String bytes) {
    say(new FileContent.LiteralContent(bytes));
  }

  void valued(String word, String value) {
    switch (word) {
      case "size" -> {
        size = Optional.of(size(value));
        checkOne();
      }
      case "sha256" -> {
        if (!value.matches("[0-9a-f]{64}")) {
          throw line.expected("64 small hexadecimal digits", "'" + value + "'");
        }
        sha256 = Optional.of(value);
        checkOne();
      }
      default -> say(seeded(value));
    }
  }

  private void say(FileContent content) {
    if (said.isPresent()) {
      throw line.expected("one content only", "another one");
    }
    said = Optional.of(content);
    checkOne();
  }

  private void checkOne() {
    if (said.isPresent() && (size.isPresent() || sha256.isPresent())) {
      throw line.expected("one content only", "another one");
    }
  }

  private FileContent seeded(String value) {
    int colon = value.indexOf(':');
    try {
      return new FileContent.SeededContent(
          size(value.substring(0, Math.max(0, colon))), Long.parseLong(value.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw line.expected("size:seed", "'" + value + "'");
    }
  }

  private long size(String value) {
    String digits = value.toUpperCase(Locale.ROOT);
    int unit = digits.isEmpty() ? -1 : "KMG".indexOf(digits.charAt(digits.length() - 1));
    try {
      long number =
          Long.parseUnsignedLong(unit < 0 ? digits : digits.substring(0, digits.length() - 1));
      return Math.multiplyExact(number, 1L << (10 * (unit + 1)));
    } catch (NumberFormatException | ArithmeticException e) {
      throw line.expected("a number of bytes, as 512, 64K, 10M or 1G", "'" + value + "'");
    }
  }

  FileContent content() {
    if (sha256.isPresent()) {
      if (size.isEmpty()) {
        throw line.expected("size= beside sha256=", "no size");
      }
      return new FileContent.HashedContent(size.get(), sha256.get());
    }
    return said.orElseGet(
        () ->
            size.<FileContent>map(FileContent.ZeroContent::new)
                .orElseGet(FileContent.AnyContent::new));
  }
}
