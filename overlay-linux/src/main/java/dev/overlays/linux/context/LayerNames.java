package dev.overlays.linux.context;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.PathBytes;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/** Layer paths with the backslashes that the overlay's own parser requires. */
public final class LayerNames {
  private LayerNames() {}

  /**
   * Returns the value of {@code lowerdir}: lowers separated by one colon, data-only ones by two.
   *
   * @param spec the spec with the lowers
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
   * Escapes some characters with a backslash.
   *
   * @param value the bytes to escape
   * @param special the characters to escape, in ASCII
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
   * Returns the absolute path of a layer as bytes.
   *
   * @param path where it is
   * @return its bytes
   */
  public static byte[] bytesOf(Path path) {
    return PathBytes.of(path.toAbsolutePath());
  }
}
