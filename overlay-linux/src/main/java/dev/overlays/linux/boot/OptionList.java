package dev.overlays.linux.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits options as mount(8) does: at commas, but for those in double quotes and those with a
 * backslash before them. Source: ul_optstr_next in util-linux's lib/strutils.c.
 */
final class OptionList {

  /**
   * One option.
   *
   * @param key its name
   * @param value what follows the first equals sign, with all escaping; empty if there is none
   */
  record ListedOption(String key, String value) {
    static ListedOption of(String text) {
      int equals = text.indexOf('=');
      return equals < 0
          ? new ListedOption(text, "")
          : new ListedOption(text.substring(0, equals), text.substring(equals + 1));
    }

    @Override
    public String toString() {
      return value.isEmpty() ? key : key + "=" + value;
    }
  }

  private OptionList() {}

  static List<ListedOption> splitOptions(String options) {
    List<ListedOption> list = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i <= options.length(); i++) {
      boolean end = i == options.length();
      if (!end && options.charAt(i) == '"') {
        quoted = !quoted;
      }
      boolean comma = !end && options.charAt(i) == ',' && !quoted;
      if (end || (comma && (i == 0 || options.charAt(i - 1) != '\\'))) {
        if (i > start) {
          list.add(ListedOption.of(options.substring(start, i)));
        }
        start = i + 1;
      }
    }
    return list;
  }
}
