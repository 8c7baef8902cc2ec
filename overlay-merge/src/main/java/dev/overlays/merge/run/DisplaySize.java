package dev.overlays.merge.run;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Formats a number of bytes with one decimal. The caller chooses the rounding: if the space needed
 * is rounded up and the free space down, the greater number also reads as the greater one.
 */
public final class DisplaySize {
  private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  private static final BigDecimal STEP = BigDecimal.valueOf(1024);

  private DisplaySize() {}

  public static String of(long bytes, RoundingMode rounding) {
    BigDecimal number = BigDecimal.valueOf(bytes);
    int unit = 0;
    while (number.compareTo(STEP) >= 0) {
      number = number.divide(STEP);
      unit++;
    }
    return number.setScale(unit == 0 ? 0 : 1, rounding).toPlainString() + " " + UNITS[unit];
  }
}
