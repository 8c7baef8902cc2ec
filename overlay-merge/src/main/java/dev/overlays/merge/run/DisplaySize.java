package dev.overlays.merge.run;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A number of bytes for people, with one decimal. It is rounded as the caller says: of what is
 * needed and what is there, rounded away from each other, the greater one reads as the greater one.
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
