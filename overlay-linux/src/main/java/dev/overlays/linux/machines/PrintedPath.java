package dev.overlays.linux.machines;

import dev.overlays.layer.PathBytes;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A path as mount tables print it, for printf(1) of a shell: with the escapes of its {@code %b}, so
 * that any bytes pass as ASCII. Source: mangle() in the kernel's fs/proc_namespace.c.
 */
final class PrintedPath {
  private static final String ESCAPED = " \t\n\\#";
  private static final String BACKSLASH = "\\0134";

  private PrintedPath() {}

  static String of(Path path) {
    StringBuilder printed = new StringBuilder();
    for (byte b : PathBytes.of(path)) {
      if (ESCAPED.indexOf(b) >= 0) {
        printed.append(BACKSLASH).append(String.format(Locale.ROOT, "%03o", b));
      } else if (b < 0) {
        printed.append(String.format(Locale.ROOT, "\\0%03o", b & 0xff));
      } else {
        printed.append((char) b);
      }
    }
    return printed.toString();
  }
}
