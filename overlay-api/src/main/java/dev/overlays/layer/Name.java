package dev.overlays.layer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of an entry within its directory: the kernel's bytes, independent of the locale of the
 * JVM. It is never empty or {@code ..}, and contains neither slash nor NUL. Immutable, equal by
 * value.
 */
public final class Name {

  /** The directory itself: an operation on this name is done to the open directory. */
  public static final Name SELF = new Name(new byte[] {'.'});

  private final byte[] bytes;

  private Name(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the name with the given bytes.
   *
   * @param bytes the bytes; copied
   * @return the name
   * @throws IllegalArgumentException if no entry can have that name
   */
  public static Name of(byte[] bytes) {
    return checkedName(bytes.clone());
  }

  /**
   * Returns the name with the given characters in UTF-8.
   *
   * @param name the name
   * @return the name
   * @throws IllegalArgumentException if no entry can have that name
   */
  public static Name of(String name) {
    return checkedName(name.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the name that ends before the next NUL, as in the kernel's listings.
   *
   * @param bytes some bytes; the name is copied
   * @param start the index of its first byte; there is a NUL after it
   * @return the name
   * @throws IllegalArgumentException if no entry can have that name
   */
  public static Name upToNul(byte[] bytes, int start) {
    int end = start;
    while (bytes[end] != 0) {
      end++;
    }
    return checkedName(Arrays.copyOfRange(bytes, start, end));
  }

  private static Name checkedName(byte[] bytes) {
    boolean dots = bytes.length > 0 && bytes.length <= 2 && bytes[0] == '.';
    if (bytes.length == 0 || (dots && bytes[bytes.length - 1] == '.')) {
      throw new IllegalArgumentException("not the name of an entry: \"" + new Name(bytes) + '"');
    }
    for (byte b : bytes) {
      if (b == '/' || b == 0) {
        throw new IllegalArgumentException(
            "a name holds neither slash nor NUL: " + new Name(bytes));
      }
    }
    return new Name(bytes);
  }

  /**
   * Returns the length of the name in bytes.
   *
   * @return the length, at least 1
   */
  public int length() {
    return bytes.length;
  }

  /**
   * Copies the name into an array.
   *
   * @param target where to
   * @param offset the index of the first byte
   */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  /**
   * Returns the bytes.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /**
   * Compares the bytes of two names, as unsigned numbers.
   *
   * @param other the other name
   * @return a negative number if this one comes first, 0 if they are equal, otherwise a positive
   *     one
   */
  public int compareBytes(Name other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Name other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Returns the name in readable form: decoded as UTF-8, with U+FFFD for invalid bytes. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
