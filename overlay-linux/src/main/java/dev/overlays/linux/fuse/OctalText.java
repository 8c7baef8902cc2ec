package dev.overlays.linux.fuse;

import dev.overlays.linux.syscall.PathBytes;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Paths for a shell, which turns them back by {@code printf %b}. An argument that Java gives to a
 * program loses what the JVM's locale has no character for; this loses nothing.
 */
final class OctalText {
  private OctalText() {}

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
