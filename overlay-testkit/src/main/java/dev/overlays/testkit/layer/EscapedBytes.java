package dev.overlays.testkit.layer;

import java.util.HexFormat;

/** Escapes bytes as visible ASCII; different bytes have different escapes. */
final class EscapedBytes {
  private static final HexFormat HEX = HexFormat.of();

  private EscapedBytes() {}

  static String escapeBytes(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      if (b > ' ' && b < 0x7f && b != '\\') {
        text.append((char) b);
      } else {
        text.append("\\x").append(HEX.toHexDigits(b));
      }
    }
    return text.toString();
  }
}
