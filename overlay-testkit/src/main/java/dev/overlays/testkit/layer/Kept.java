package dev.overlays.testkit.layer;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The attributes that {@link KeptAttributes} emulates, as the value of one user-defined attribute.
 */
record Kept(int mode, int owner, int group, boolean immutable, boolean appendOnly) {

  static Kept initial(int mode) {
    return new Kept(mode, 0, 0, false, false);
  }

  static Kept of(byte[] bytes) {
    List<String> parts = List.of(new String(bytes, StandardCharsets.US_ASCII).split(" ", 4));
    return new Kept(
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

  Kept withMode(int newMode) {
    return new Kept(newMode, owner, group, immutable, appendOnly);
  }

  Kept withOwner(int newOwner, int newGroup) {
    return new Kept(mode, newOwner, newGroup, immutable, appendOnly);
  }

  Kept withProtection(boolean nowImmutable, boolean nowAppendOnly) {
    return new Kept(mode, owner, group, nowImmutable, nowAppendOnly);
  }
}
