package dev.overlays.linux.boot;

import dev.overlays.linux.table.OptionString;
import java.util.List;
import java.util.Optional;

/**
 * The fields of one line of fstab, decoded. Source: fstab(5), and mnt_parse_table_line in
 * util-linux's libmount/src/tab_parse.c.
 *
 * @param source the device or other source
 * @param target the mount point
 * @param type the kind of file system
 * @param options the options, separated by commas, with their own escaping
 * @param rest the fields for dump(8) and fsck(8); possibly empty
 */
record FstabFields(String source, String target, String type, String options, String rest) {
  private static final String BLANKS = " \t";
  private static final int MIN_FIELDS = 3;
  private static final int OPTIONS_INDEX = 3;
  private static final int REST_INDEX = 4;

  /** The characters that are octal in a field; systemd decodes no others. Source: getmntent(3). */
  private static final String OCTAL_CHARACTERS = " \t\n\\";

  /** Parses a line; empty for comments, empty lines, and lines that no reader accepts. */
  static Optional<FstabFields> parse(String line) {
    String trimmed = trimBlanks(line.replaceFirst("\\r?\\n?$", ""));
    List<String> fields = List.of(trimmed.split("[ \t]+", REST_INDEX + 1));
    if (fields.size() < MIN_FIELDS || trimmed.startsWith("#")) {
      return Optional.empty();
    }
    return Optional.of(
        new FstabFields(
            decodeField(fields.get(0)),
            decodeField(fields.get(1)),
            decodeField(fields.get(2)),
            fields.size() > OPTIONS_INDEX ? decodeField(fields.get(OPTIONS_INDEX)) : "",
            fields.size() > REST_INDEX ? fields.get(REST_INDEX).replaceAll("[ \t]+", " ") : ""));
  }

  /** Trims blanks at both ends; a regular expression would need quadratic time. */
  private static String trimBlanks(String line) {
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

  /** Returns the line without its line end. */
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
      if (OCTAL_CHARACTERS.indexOf(c) >= 0) {
        encoded.append(String.format("\\%03o", (int) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }
}
