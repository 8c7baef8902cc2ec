package dev.overlays.merge.text;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Formats sizes in bytes, rounded to a tenth of a binary unit, such as {@code 1.9 GiB}. */
public final class ByteSize {
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final BigDecimal UNIT_FACTOR = BigDecimal.valueOf(1024);

  private ByteSize() {}

  /** Returns a size as text, rounded to the nearest tenth. */
  public static String format(long bytes) {
    return format(bytes, RoundingMode.HALF_UP);
  }

  /**
   * Returns a size as text. If the space needed is rounded up and the free space down, the greater
   * number also reads as the greater one.
   */
  public static String format(long bytes, RoundingMode rounding) {
    BigDecimal value = BigDecimal.valueOf(bytes);
    BigDecimal rounded = value;
    int unit = 0;
    while (rounded.abs().compareTo(UNIT_FACTOR) >= 0) {
      value = value.divide(UNIT_FACTOR);
      rounded = value.setScale(1, rounding);
      unit++;
    }
    return rounded.toPlainString() + " " + UNITS[unit];
  }
}
