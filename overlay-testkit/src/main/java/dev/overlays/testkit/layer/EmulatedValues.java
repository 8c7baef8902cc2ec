package dev.overlays.testkit.layer;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The attributes that {@link EmulatedAttributes} emulates, as the value of one user-defined
 * attribute.
 */
record EmulatedValues(int mode, int owner, int group, boolean immutable, boolean appendOnly) {

  static EmulatedValues initialValues(int mode) {
    return new EmulatedValues(mode, 0, 0, false, false);
  }

  static EmulatedValues parse(byte[] bytes) {
    List<String> parts = List.of(new String(bytes, StandardCharsets.US_ASCII).split(" ", 4));
    return new EmulatedValues(
        Integer.parseInt(parts.get(0), 8),
        Integer.parseUnsignedInt(parts.get(1)),
        Integer.parseUnsignedInt(parts.get(2)),
        parts.get(3).contains("i"),
        parts.get(3).contains("a"));
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
