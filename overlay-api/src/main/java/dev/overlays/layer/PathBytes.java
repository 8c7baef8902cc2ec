package dev.overlays.layer;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Converts between paths and the bytes that the kernel uses. */
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
        return fromUri(path.toUri().getRawPath(), text.endsWith("/"));
      }
    }
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns the path that some bytes stand for, whatever the locale of the JVM.
   *
   * @param bytes an absolute path, without NUL
   * @return the path
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
   * How characters beyond ASCII map to bytes depends on the JVM's locale, and the mapping may lose
   * bytes; the URI is made from the bytes themselves. The URI of a directory ends with a slash.
   */
  private static byte[] fromUri(String rawPath, boolean slash) {
    boolean added = rawPath.endsWith("/") && !slash;
    return decodePercent(added ? rawPath.substring(0, rawPath.length() - 1) : rawPath);
  }

  /**
   * Replaces percent signs with two hexadecimal digits by the bytes that they stand for.
   *
   * @param text with one byte per character otherwise; every percent sign has its two digits
   * @return the bytes
   */
  public static byte[] decodePercent(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
