package dev.overlays.linux.table;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of a program of libfuse: separated by commas; a backslash takes the meaning from the
 * character after it, or stands with three octal digits for a byte. Source: process_option_group in
 * libfuse's lib/fuse_opt.c. Characters stand for bytes here.
 */
final class FuseOptions {
  private static final int OCTAL_DIGITS = 3;

  /**
   * One option.
   *
   * @param key its name
   * @param value its value, empty for a flag
   */
  record FuseOption(String key, String value) {
    byte[] valueBytes() {
      return value.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private FuseOptions() {}

  /** Finds the options on a command line of which the last argument is the mount point. */
  static List<FuseOption> ofCommand(List<String> arguments) {
    List<FuseOption> options = new ArrayList<>();
    for (int i = 1; i < arguments.size() - 1; i++) {
      String argument = arguments.get(i);
      if (argument.equals("-o")) {
        i++;
        options.addAll(parse(arguments.get(i)));
      } else if (argument.startsWith("-o")) {
        options.addAll(parse(argument.substring(2)));
      }
    }
    return options;
  }

  static List<FuseOption> parse(String text) {
    List<FuseOption> options = new ArrayList<>();
    StringBuilder option = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ',') {
        options.add(findOption(option.toString()));
        option.setLength(0);
      } else if (c != '\\' || i + 1 == text.length()) {
        option.append(c);
      } else if (text.substring(i + 1).matches("(?s)[0-3][0-7][0-7].*")) {
        option.append((char) Integer.parseInt(text, i + 1, i + 1 + OCTAL_DIGITS, 8));
        i += OCTAL_DIGITS;
      } else {
        i++;
        option.append(text.charAt(i));
      }
    }
    options.add(findOption(option.toString()));
    return options;
  }

  private static FuseOption findOption(String text) {
    int equals = text.indexOf('=');
    return equals < 0
        ? new FuseOption(text, "")
        : new FuseOption(text.substring(0, equals), text.substring(equals + 1));
  }
}
