package dev.overlays.linux.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sections and settings of a unit file, one character a byte. Source: systemd.syntax(7) and
 * systemd.unit(5), "specifiers". Reads no more than what is written here: a line that goes on in
 * the next one is not understood, and what is not understood is not replaced.
 */
final class UnitText {

  /** One line that sets something. */
  record UnitSetting(String section, String key, String value) {}

  private UnitText() {}

  /** The settings of a file, in their order; empty if a line of it is none. */
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

  /** A percent sign would begin a specifier. */
  static String escapeText(String value) {
    return value.replace("%", "%%");
  }

  /** Empty if there are specifiers in it. */
  static Optional<String> unescapeText(String value) {
    return value.replace("%%", "").indexOf('%') < 0
        ? Optional.of(value.replace("%%", "%"))
        : Optional.empty();
  }
}
