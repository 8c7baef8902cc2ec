package dev.overlays.merge.text;

import java.util.Locale;

/** Formats sizes in bytes, rounded to a tenth of a binary unit, such as {@code 1.9 GiB}. */
public final class ByteSize {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final int UNIT_FACTOR = 1024;

  /** From here on a value would be rounded to 1024.0 of its unit. */
  private static final double NEXT_UNIT = 1023.95;

  private ByteSize() {}

  /** Returns a size as text. */
  public static String format(long bytes) {
    if (Math.abs(bytes) < UNIT_FACTOR) {
      return bytes + " bytes";
    }
    double value = (double) bytes / UNIT_FACTOR;
    int unit = 0;
    while (Math.abs(value) >= NEXT_UNIT) {
      value /= UNIT_FACTOR;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }
}
