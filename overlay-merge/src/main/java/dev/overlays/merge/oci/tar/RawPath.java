package dev.overlays.merge.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A path or the target of a link in an archive: any bytes. Immutable, equal by value. */
public final class RawPath {
  /** The empty path. */
  static final RawPath EMPTY_PATH = new RawPath(new byte[0]);

  private static final int MOST_SHOWN = 200;

  private final byte[] bytes;

  private RawPath(byte[] bytes) {
    this.bytes = bytes;
  }

  public static RawPath of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY_PATH : new RawPath(bytes.clone());
  }

  public static RawPath of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  boolean endsWithSlash() {
    return bytes.length > 0 && bytes[bytes.length - 1] == '/';
  }

  boolean isAscii() {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  public int byteLength() {
    return bytes.length;
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof RawPath other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Returns the path in quotes for messages: cut if it is long, and without control characters. */
  @Override
  public String toString() {
    String text = new String(bytes, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    return '"' + (text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text) + '"';
  }
}
