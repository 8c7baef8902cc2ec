package dev.overlays.testkit.layer;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The attributes that {@link KeptAttributes} emulates, as the value of one user-defined attribute.
 */
record KeptValue(int mode, int owner, int group, boolean immutable, boolean appendOnly) {

  static KeptValue initial(int mode) {
    return new KeptValue(mode, 0, 0, false, false);
  }

  static KeptValue of(byte[] bytes) {
    List<String> parts = List.of(new String(bytes, StandardCharsets.US_ASCII).split(" ", 4));
    return new KeptValue(
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

  KeptValue withMode(int newMode) {
    return new KeptValue(newMode, owner, group, immutable, appendOnly);
  }

  KeptValue withOwner(int newOwner, int newGroup) {
    return new KeptValue(mode, newOwner, newGroup, immutable, appendOnly);
  }

  KeptValue withProtection(boolean nowImmutable, boolean nowAppendOnly) {
    return new KeptValue(mode, owner, group, nowImmutable, nowAppendOnly);
  }
}
