package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;

/**
 * Quotes bytes as text. Bytes are strings here, with one character for each byte, like the names of
 * extended attributes in {@code dev.overlays.layer}, so that they are equal by value.
 */
final class QuotedBytes {
  private static final HexFormat HEX = HexFormat.of();

  private QuotedBytes() {}

  /** Returns the bytes in quotes. */
  static String quoteBytes(String bytes) {
    String characters = decodeUtf8(bytes);
    boolean utf8 = !characters.equals(bytes) || isAscii(bytes);
    StringBuilder text = new StringBuilder(bytes.length() + 2).append('"');
    characters.codePoints().forEach(c -> appendEscaped(text, c, utf8));
    return text.append('"').toString();
  }

  private static void appendEscaped(StringBuilder text, int c, boolean utf8) {
    switch (c) {
      case '"', '\\' -> text.append('\\').append((char) c);
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if ((c >= ' ' && c < 0x7f) || (utf8 && c > 0x7f && Character.isLetterOrDigit(c))) {
          text.appendCodePoint(c);
        } else {
          byte[] bytes = utf8 ? Character.toString(c).getBytes(UTF_8) : new byte[] {(byte) c};
          for (byte b : bytes) {
            text.append("\\x").append(HEX.toHexDigits(b));
          }
        }
      }
    }
  }

  /** Returns the bytes bare if they can be parsed so, else in quotes. */
  static String bareOrQuoted(String bytes, boolean slashes) {
    boolean bare = !bytes.isEmpty() && bytes.charAt(0) != '#';
    for (int i = 0; i < bytes.length() && bare; i++) {
      char c = bytes.charAt(i);
      bare = c > ' ' && c < 0x7f && c != '"' && c != '\\' && (c != '/' || slashes);
    }
    return bare ? bytes : quoteBytes(bytes);
  }

  /** Returns the bytes of characters in UTF-8. */
  static String encodeUtf8(String characters) {
    return new String(characters.getBytes(UTF_8), ISO_8859_1);
  }

  private static boolean isAscii(String bytes) {
    return bytes.chars().allMatch(c -> c < 0x80);
  }

  /** Decodes bytes as UTF-8; if they are not valid, returns a character for each byte. */
  private static String decodeUtf8(String bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      return bytes;
    }
  }
}
