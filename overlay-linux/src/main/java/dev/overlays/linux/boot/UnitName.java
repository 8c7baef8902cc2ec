package dev.overlays.linux.boot;

/**
 * Escapes a mount point as the name of a unit of systemd. Source: systemd.unit(5), "String escaping
 * for inclusion in unit names".
 */
final class UnitName {
  private static final String PLAIN = ":_.";

  private UnitName() {}

  /**
   * Returns the name without its suffix. The path must be absolute, normalized and not the root.
   */
  static String of(String path) {
    String relative = path.substring(1);
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < relative.length(); i++) {
      char c = relative.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (c == '/') {
        name.append('-');
      } else if (letter || (PLAIN.indexOf(c) >= 0 && !(i == 0 && c == '.'))) {
        name.append(c);
      } else {
        name.append(String.format("\\x%02x", (int) c));
      }
    }
    return name.toString();
  }
}
