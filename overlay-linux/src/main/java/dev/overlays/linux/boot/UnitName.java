package dev.overlays.linux.boot;

/**
 * The name that a mount point has among systemd's units. Source: systemd.unit(5), "String escaping
 * for inclusion in unit names".
 */
final class UnitName {
  private static final String PLAIN = ":_.";

  private UnitName() {}

  /** The name without its ending, of a normal absolute path that is not the root. */
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
