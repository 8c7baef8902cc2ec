package dev.overlays.linux.context;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.syscall.PathBytes;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/** Layers by name, with the backslashes that the overlay's own parser wants. */
public final class LayerNames {
  private LayerNames() {}

  /**
   * Returns the value of {@code lowerdir}: lowers separated by one colon, data-only ones by two.
   *
   * @param spec whose lowers
   * @return the bytes, with backslashes
   */
  public static byte[] of(OverlaySpec spec) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (Path lower : spec.lowers()) {
      appendName(list, list.size() == 0 ? 0 : 1, lower);
    }
    for (Path lower : spec.dataLowers()) {
      appendName(list, 2, lower);
    }
    return list.toByteArray();
  }

  private static void appendName(ByteArrayOutputStream list, int colons, Path lower) {
    for (int i = 0; i < colons; i++) {
      list.write(':');
    }
    list.writeBytes(escapeBytes(bytesOf(lower), "\\:"));
  }

  /**
   * Puts a backslash before some characters.
   *
   * @param value what they may be in
   * @param special the characters, in ASCII
   * @return a new array
   */
  public static byte[] escapeBytes(byte[] value, String special) {
    ByteArrayOutputStream escaped = new ByteArrayOutputStream(value.length);
    for (byte b : value) {
      if (special.indexOf(b) >= 0) {
        escaped.write('\\');
      }
      escaped.write(b);
    }
    return escaped.toByteArray();
  }

  /**
   * Returns the absolute name of a layer.
   *
   * @param path where it is
   * @return its bytes
   */
  public static byte[] bytesOf(Path path) {
    return PathBytes.of(path.toAbsolutePath());
  }
}
