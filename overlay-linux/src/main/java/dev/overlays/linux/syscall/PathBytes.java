package dev.overlays.linux.syscall;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The bytes of a path as the kernel has them. */
public final class PathBytes {
  private PathBytes() {}

  /**
   * Returns the bytes of an absolute path.
   *
   * @param path a path of the default provider
   * @return the bytes, without NUL
   */
  public static byte[] of(Path path) {
    String text = path.toString();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return decodePercent(path.toUri().getRawPath(), text.endsWith("/"));
      }
    }
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns the path of some bytes, whatever the locale of the JVM.
   *
   * @param bytes an absolute path, without NUL
   * @return a path that leads there
   */
  public static Path toPath(byte[] bytes) {
    boolean plain = true;
    for (byte b : bytes) {
      plain &= b > 0;
    }
    return plain
        ? Path.of(new String(bytes, StandardCharsets.US_ASCII))
        : Path.of(URI.create(uriOf(bytes)));
  }

  private static String uriOf(byte[] bytes) {
    StringBuilder uri = new StringBuilder("file://");
    for (byte b : bytes) {
      uri.append(b == '/' ? "/" : String.format("%%%02X", b & 0xff));
    }
    return uri.toString();
  }

  /**
   * Characters beyond ASCII stand for bytes in a way that depends on the JVM's locale and may lose
   * some; the URI is made from the bytes themselves. It ends with a slash when the path is that of
   * a directory.
   */
  private static byte[] decodePercent(String rawPath, boolean slash) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(rawPath.length());
    int end = rawPath.endsWith("/") && !slash ? rawPath.length() - 1 : rawPath.length();
    for (int i = 0; i < end; i++) {
      if (rawPath.charAt(i) == '%') {
        bytes.write(Integer.parseInt(rawPath, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(rawPath.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
