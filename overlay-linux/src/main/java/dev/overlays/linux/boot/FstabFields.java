package dev.overlays.linux.boot;

import dev.overlays.linux.table.OptionString;
import java.util.List;
import java.util.Optional;

/**
 * The fields of one line of fstab, decoded. Source: fstab(5), and mnt_parse_table_line in
 * util-linux's libmount/src/tab_parse.c.
 *
 * @param source what is mounted
 * @param target where
 * @param type the kind of file system
 * @param options separated by commas, with whatever escaping they have among themselves
 * @param rest whether it is dumped and when it is checked; possibly empty
 */
record FstabFields(String source, String target, String type, String options, String rest) {
  private static final String BLANKS = " \t";
  private static final int LEAST = 3;
  private static final int OPTIONS = 3;
  private static final int REST = 4;

  /** What is octal in a field; systemd reads no other octal numbers. Source: getmntent(3). */
  private static final String ENCODED = " \t\n\\";

  /** The fields of a line; empty for a comment, an empty line, and what no reader takes. */
  static Optional<FstabFields> parse(String line) {
    String trimmed = withoutBlanks(line.replaceFirst("\\r?\\n?$", ""));
    List<String> fields = List.of(trimmed.split("[ \t]+", REST + 1));
    if (fields.size() < LEAST || trimmed.startsWith("#")) {
      return Optional.empty();
    }
    return Optional.of(
        new FstabFields(
            decodeField(fields.get(0)),
            decodeField(fields.get(1)),
            decodeField(fields.get(2)),
            fields.size() > OPTIONS ? decodeField(fields.get(OPTIONS)) : "",
            fields.size() > REST ? fields.get(REST).replaceAll("[ \t]+", " ") : ""));
  }

  /** At both ends; a regular expression takes the square of their number. */
  private static String withoutBlanks(String line) {
    int start = 0;
    int end = line.length();
    while (start < end && BLANKS.indexOf(line.charAt(start)) >= 0) {
      start++;
    }
    while (end > start && BLANKS.indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(start, end);
  }

  FstabFields withOptions(String newOptions) {
    return new FstabFields(source, target, type, newOptions, rest);
  }

  /** The line, without its end. */
  String toLine() {
    String line =
        String.join(
            " ", encodeField(source), encodeField(target), encodeField(type), encodeField(options));
    return rest.isEmpty() ? line : line + " " + rest;
  }

  private static String decodeField(String field) {
    return ByteText.of(OptionString.decodeOctal(field));
  }

  private static String encodeField(String field) {
    StringBuilder encoded = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (ENCODED.indexOf(c) >= 0) {
        encoded.append(String.format("\\%03o", (int) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }
}
