package dev.overlays.merge.oci.tar;

import java.time.Instant;

/** Times in extended headers: seconds as decimal numbers. Source: POSIX pax, "mtime". */
final class TimeText {
  private static final int MOST_SECOND_DIGITS = 12;
  private static final int MOST_FRACTION_DIGITS = 30;
  private static final int NANO_DIGITS = 9;
  private static final int SECOND = 1_000_000_000;

  private TimeText() {}

  /** Returns the seconds, without zeros at the end of a fraction. */
  static String format(Instant time) {
    long seconds = time.getEpochSecond();
    int nanos = time.getNano();
    boolean negative = seconds < 0;
    if (negative && nanos > 0) {
      // Nanoseconds count up from the second before.
      seconds++;
      nanos = SECOND - nanos;
    }
    StringBuilder text = new StringBuilder(32);
    text.append(negative ? "-" : "").append(Math.abs(seconds));
    if (nanos > 0) {
      text.append('.');
      for (int digit = SECOND / 10; nanos > 0; digit /= 10) {
        text.append((char) ('0' + nanos / digit));
        nanos %= digit;
      }
    }
    return text.toString();
  }

  /**
   * Parses the seconds, and cuts what is smaller than a nanosecond, towards the past.
   *
   * @throws IllegalArgumentException if it is not a number, or a longer one than any time needs
   */
  static Instant parse(byte[] text) {
    boolean negative = text.length > 0 && text[0] == '-';
    int start = negative ? 1 : 0;
    int point = endOfDigits(text, start);
    int end = point < text.length && text[point] == '.' ? endOfDigits(text, point + 1) : point;
    if (end < text.length
        || point == start
        || point - start > MOST_SECOND_DIGITS
        || end - point - 1 > MOST_FRACTION_DIGITS) {
      throw new IllegalArgumentException("not a time");
    }
    long seconds = 0;
    for (int i = start; i < point; i++) {
      seconds = 10 * seconds + text[i] - '0';
    }
    int nanos = 0;
    for (int i = 1; i <= NANO_DIGITS; i++) {
      nanos = 10 * nanos + (point + i < end ? text[point + i] - '0' : 0);
    }
    if (!negative) {
      return Instant.ofEpochSecond(seconds, nanos);
    }
    boolean cut = false;
    for (int i = point + NANO_DIGITS + 1; i < end; i++) {
      cut |= text[i] != '0';
    }
    return Instant.ofEpochSecond(-seconds, -nanos - (cut ? 1 : 0));
  }

  private static int endOfDigits(byte[] text, int start) {
    int end = start;
    while (end < text.length && text[end] >= '0' && text[end] <= '9') {
      end++;
    }
    return end;
  }
}
