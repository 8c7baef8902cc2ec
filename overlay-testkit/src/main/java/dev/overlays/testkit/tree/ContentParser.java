package dev.overlays.testkit.tree;

import java.util.Locale;
import java.util.Optional;

/** Collects what a line specifies of the content of a file. */
final class ContentParser {
  private final TextLine line;
  private Optional<FileContent> givenContent = Optional.empty();
  private Optional<Long> size = Optional.empty();
  private Optional<String> sha256 = Optional.empty();

  ContentParser(TextLine line) {
    this.line = line;
  }

  boolean isSpecified() {
    return givenContent.isPresent() || size.isPresent() || sha256.isPresent();
  }

  void setLiteral(String bytes) {
    setContent(new FileContent.LiteralContent(bytes));
  }

  void parseValued(String word, String value) {
    switch (word) {
      case "size" -> {
        size = Optional.of(parseSize(value));
        refuseSecondContent();
      }
      case "sha256" -> {
        if (!value.matches("[0-9a-f]{64}")) {
          throw line.syntaxError("64 small hexadecimal digits", "'" + value + "'");
        }
        sha256 = Optional.of(value);
        refuseSecondContent();
      }
      default -> setContent(parseSeeded(value));
    }
  }

  private void setContent(FileContent content) {
    if (givenContent.isPresent()) {
      throw line.syntaxError("one content only", "another one");
    }
    givenContent = Optional.of(content);
    refuseSecondContent();
  }

  private void refuseSecondContent() {
    if (givenContent.isPresent() && (size.isPresent() || sha256.isPresent())) {
      throw line.syntaxError("one content only", "another one");
    }
  }

  private FileContent parseSeeded(String value) {
    int colon = value.indexOf(':');
    try {
      return new FileContent.SeededContent(
          parseSize(value.substring(0, Math.max(0, colon))),
          Long.parseLong(value.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw line.syntaxError("size:seed", "'" + value + "'");
    }
  }

  private long parseSize(String value) {
    String digits = value.toUpperCase(Locale.ROOT);
    int unit = digits.isEmpty() ? -1 : "KMG".indexOf(digits.charAt(digits.length() - 1));
    try {
      long number =
          Long.parseUnsignedLong(unit < 0 ? digits : digits.substring(0, digits.length() - 1));
      return Math.multiplyExact(number, 1L << (10 * (unit + 1)));
    } catch (NumberFormatException | ArithmeticException e) {
      throw line.syntaxError("a number of bytes, such as 512, 64K, 10M or 1G", "'" + value + "'");
    }
  }

  FileContent parsedContent() {
    if (sha256.isPresent()) {
      if (size.isEmpty()) {
        throw line.syntaxError("size= beside sha256=", "no size");
      }
      return new FileContent.HashedContent(size.get(), sha256.get());
    }
    return givenContent.orElseGet(
        () ->
            size.<FileContent>map(FileContent.ZeroContent::new)
                .orElseGet(FileContent.AnyContent::new));
  }
}
