package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.syscall.PathBytes;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/** Layers by name, with the backslashes that the overlay's own parser wants. */
final class LayerNames {
  private LayerNames() {}

  /** The value of {@code lowerdir}: lowers separated by one colon, data-only ones by two. */
  static byte[] of(OverlaySpec spec) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (Path lower : spec.lowers()) {
      append(list, list.size() == 0 ? 0 : 1, lower);
    }
    for (Path lower : spec.dataLowers()) {
      append(list, 2, lower);
    }
    return list.toByteArray();
  }

  private static void append(ByteArrayOutputStream list, int colons, Path lower) {
    for (int i = 0; i < colons; i++) {
      list.write(':');
    }
    list.writeBytes(escape(bytes(lower), "\\:"));
  }

  static byte[] escape(byte[] value, String special) {
    ByteArrayOutputStream escaped = new ByteArrayOutputStream(value.length);
    for (byte b : value) {
      if (special.indexOf(b) >= 0) {
        escaped.write('\\');
      }
      escaped.write(b);
    }
    return escaped.toByteArray();
  }

  static byte[] bytes(Path path) {
    return PathBytes.of(path.toAbsolutePath());
  }
}
