package dev.overlays.linux.fuse;

import dev.overlays.layer.PathBytes;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Encodes paths for a shell, which decodes them by {@code printf %b}. A plain argument loses bytes
 * that the JVM's locale has no character for; this encoding loses nothing.
 */
final class ShellPathText {
  private ShellPathText() {}

  static String of(Path path) {
    StringBuilder text = new StringBuilder();
    for (byte b : PathBytes.of(path)) {
      boolean plain = b == '/' || b == '.' || (b > 0 && Character.isLetterOrDigit(b));
      text.append(plain ? String.valueOf((char) b) : octalOf(b));
    }
    return text.toString();
  }

  private static String octalOf(byte b) {
    return String.format(Locale.ROOT, "\\0%03o", b & 0xff);
  }
}
