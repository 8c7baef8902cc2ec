package dev.overlays.merge.oci;

import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * A number in a header: octal digits, or binary in the form of GNU and star. commons-compress drops
 * the highest bits of a binary one, so that a huge owner would become root and a device a whiteout.
 */
final class BlockNumber {
  private static final int BINARY = 0x80;
  private static final int NEGATIVE = 0x40;

  private BlockNumber() {}

  /**
   * Reads a field.
   *
   * @return the number; the smallest or largest long if it is even smaller or larger
   * @throws IllegalArgumentException if it is none
   */
  static long parse(byte[] block, int offset, int length) {
    if ((block[offset] & BINARY) == 0) {
      return TarUtils.parseOctal(block, offset, length);
    }
    boolean negative = (block[offset] & NEGATIVE) != 0;
    // Seven bits, the highest of which is the sign.
    long highest = block[offset] & (NEGATIVE - 1);
    long number = negative ? highest - NEGATIVE : highest;
    for (int i = offset + 1; i < offset + length; i++) {
      if (number != number << Byte.SIZE >> Byte.SIZE) {
        return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
      number = number << Byte.SIZE | (block[i] & 0xff);
    }
    return number;
  }
}
