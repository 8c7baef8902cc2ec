package dev.overlays.testkit.layer;

import java.nio.charset.StandardCharsets;

/**
 * The attributes that {@link EmulatedAttributes} emulates, as the value of one user-defined
 * attribute.
 */
record EmulatedValues(int mode, int owner, int group, boolean immutable, boolean appendOnly) {

  static EmulatedValues initialValues(int mode) {
    return new EmulatedValues(mode, 0, 0, false, false);
  }

  /** Parses what {@link #toBytes} returns; it is read for each look at an entry. */
  static EmulatedValues parse(byte[] bytes) {
    int owner = indexAfterSpace(bytes, 0);
    int group = indexAfterSpace(bytes, owner);
    int letters = indexAfterSpace(bytes, group);
    boolean immutable = false;
    boolean appendOnly = false;
    for (int i = letters; i < bytes.length; i++) {
      immutable |= bytes[i] == 'i';
      appendOnly |= bytes[i] == 'a';
    }
    return new EmulatedValues(
        parseNumber(bytes, 0, owner - 1, 8),
        parseNumber(bytes, owner, group - 1, 10),
        parseNumber(bytes, group, letters - 1, 10),
        immutable,
        appendOnly);
  }

  private static int indexAfterSpace(byte[] bytes, int start) {
    int i = start;
    while (bytes[i] != ' ') {
      i++;
    }
    return i + 1;
  }

  /** Parses a number without a sign; one above the signed range wraps around. */
  private static int parseNumber(byte[] bytes, int start, int end, int radix) {
    int number = 0;
    for (int i = start; i < end; i++) {
      number = number * radix + (bytes[i] - '0');
    }
    return number;
  }

  byte[] toBytes() {
    String text =
        Integer.toOctalString(mode)
            + ' '
            + Integer.toUnsignedString(owner)
            + ' '
            + Integer.toUnsignedString(group)
            + ' '
            + (immutable ? "i" : "")
            + (appendOnly ? "a" : "");
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  EmulatedValues withMode(int newMode) {
    return new EmulatedValues(newMode, owner, group, immutable, appendOnly);
  }

  EmulatedValues withOwner(int newOwner, int newGroup) {
    return new EmulatedValues(mode, newOwner, newGroup, immutable, appendOnly);
  }

  EmulatedValues withProtection(boolean nowImmutable, boolean nowAppendOnly) {
    return new EmulatedValues(mode, owner, group, nowImmutable, nowAppendOnly);
  }
}
