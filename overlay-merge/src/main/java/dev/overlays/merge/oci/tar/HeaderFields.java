package dev.overlays.merge.oci.tar;

import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * Fills the fields of a header in an array of zeros. Numbers are octal; a size that is too large
 * for that is binary, as star and GNU tar write it. Source: POSIX pax, "ustar Interchange Format".
 */
final class HeaderFields {
  static final int NAME = 0;
  static final int TARGET = 157;

  private static final int SHORT_LENGTH = TarConstants.MODELEN;
  private static final int LONG_LENGTH = TarConstants.SIZELEN;
  private static final int MODE = TarConstants.NAMELEN;
  private static final int OWNER = MODE + SHORT_LENGTH;
  private static final int GROUP = OWNER + SHORT_LENGTH;
  private static final int SIZE = GROUP + SHORT_LENGTH;
  private static final int TIME = SIZE + LONG_LENGTH;
  private static final int CHECK_SUM = TIME + LONG_LENGTH;
  private static final int TYPE = CHECK_SUM + SHORT_LENGTH;
  private static final int MAGIC = 257;
  private static final byte[] POSIX = PaxRecords.latin1Of("ustar\00000");
  private static final int DEVICE = 329;

  private final byte[] bytes;
  private final int start;

  HeaderFields(byte[] bytes, int start) {
    this.bytes = bytes;
    this.start = start;
  }

  void putBytes(int field, byte[] value) {
    System.arraycopy(value, 0, bytes, start + field, value.length);
  }

  void putNumbers(int mode, long owner, long group, long size, long seconds) {
    putOctal(MODE, SHORT_LENGTH, mode);
    putOctal(OWNER, SHORT_LENGTH, owner);
    putOctal(GROUP, SHORT_LENGTH, group);
    if (size > TarConstants.MAXSIZE) {
      TarUtils.formatLongOctalOrBinaryBytes(size, bytes, start + SIZE, LONG_LENGTH);
    } else {
      putOctal(SIZE, LONG_LENGTH, size);
    }
    putOctal(TIME, LONG_LENGTH, seconds);
    putDevice(0, 0);
  }

  void putDevice(int major, int minor) {
    putOctal(DEVICE, SHORT_LENGTH, major);
    putOctal(DEVICE + SHORT_LENGTH, SHORT_LENGTH, minor);
  }

  /** Puts the type, and the check sum, so it comes last. */
  void endHeader(byte type) {
    bytes[start + TYPE] = type;
    putBytes(MAGIC, POSIX);
    // While the sum is computed, its own field counts as spaces.
    int sum = SHORT_LENGTH * ' ';
    for (int i = start; i < start + TarHeaders.BLOCK_SIZE; i++) {
      sum += bytes[i] & 0xff;
    }
    putOctal(CHECK_SUM, SHORT_LENGTH - 1, sum);
    bytes[start + CHECK_SUM + SHORT_LENGTH - 2] = 0;
    bytes[start + CHECK_SUM + SHORT_LENGTH - 1] = ' ';
  }

  /** Puts digits, and a space at the end. */
  private void putOctal(int field, int length, long number) {
    long rest = number;
    int last = start + field + length - 1;
    bytes[last] = ' ';
    for (int i = last - 1; i >= start + field; i--) {
      bytes[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
  }
}
