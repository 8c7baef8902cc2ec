package dev.overlays.linux.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sections and settings of a unit file, one character per byte. Source: systemd.syntax(7) and
 * systemd.unit(5), "specifiers". It parses only what this library writes: continuation lines are
 * not understood, and a file that is not understood is not replaced.
 */
final class UnitText {

  /** One setting of a section. */
  record UnitSetting(String section, String key, String value) {}

  private UnitText() {}

  /** Returns the settings of a file in order; empty if a line is not a setting. */
  static Optional<List<UnitSetting>> parse(String text) {
    List<UnitSetting> settings = new ArrayList<>();
    String section = "";
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (line.startsWith("[") && line.endsWith("]")) {
        section = line.substring(1, line.length() - 1);
      } else if (equals > 0 && !line.startsWith("#") && !line.endsWith("\\")) {
        settings.add(
            new UnitSetting(
                section, line.substring(0, equals).strip(), line.substring(equals + 1)));
      } else if (!line.isBlank() && !line.startsWith("#") && !line.startsWith(";")) {
        return Optional.empty();
      }
    }
    return Optional.of(settings);
  }

  /** Doubles percent signs, which would begin a specifier. */
  static String escapeText(String value) {
    return value.replace("%", "%%");
  }

  /** Reverses the escaping; empty if the value has specifiers. */
  static Optional<String> unescapeText(String value) {
    return value.replace("%%", "").indexOf('%') < 0
        ? Optional.of(value.replace("%%", "%"))
        : Optional.empty();
  }
}
