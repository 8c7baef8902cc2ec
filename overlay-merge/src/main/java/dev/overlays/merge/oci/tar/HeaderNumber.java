package dev.overlays.merge.oci.tar;

import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * Reads numbers of a tar header: octal digits, or the binary form of GNU tar and star.
 * commons-compress drops the highest bits of a binary number, so that a huge owner would become
 * root and a device a whiteout.
 */
final class HeaderNumber {
  private static final int BINARY_FLAG = 0x80;
  private static final int NEGATIVE_FLAG = 0x40;

  private HeaderNumber() {}

  /**
   * Reads a field.
   *
   * @return the number, limited to the range of a long
   * @throws IllegalArgumentException if the field holds no number
   */
  static long parse(byte[] block, int offset, int length) {
    if ((block[offset] & BINARY_FLAG) == 0) {
      return TarUtils.parseOctal(block, offset, length);
    }
    boolean negative = (block[offset] & NEGATIVE_FLAG) != 0;
    // Seven bits, the highest of which is the sign.
    long highest = block[offset] & (NEGATIVE_FLAG - 1);
    long number = negative ? highest - NEGATIVE_FLAG : highest;
    for (int i = offset + 1; i < offset + length; i++) {
      if (number != number << Byte.SIZE >> Byte.SIZE) {
        return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
      number = number << Byte.SIZE | (block[i] & 0xff);
    }
    return number;
  }
}
