package dev.overlays.testkit.union;

import com.google.common.base.CharMatcher;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;

/**
 * Converts names between bytes and text. Bytes are decoded as UTF-8; each byte that is not UTF-8
 * becomes one of the lone surrogates U+DC80 to U+DCFF, so that every name has a text.
 */
final class NameText {
  private static final int ESCAPE = 0xdc00;
  private static final int FIRST = ESCAPE + 0x80;
  private static final int LAST = ESCAPE + 0xff;

  private NameText() {}

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** Maps equal bytes to equal text: several escaped bytes may form one character. */
  static String canonicalText(String text) {
    return CharMatcher.ascii().matchesAllOf(text) ? text : decode(encode(text));
  }

  static String decode(byte[] bytes) {
    if (isAscii(bytes)) {
      return new String(bytes, StandardCharsets.US_ASCII);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    while (result.isMalformed()) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xff)));
      }
      result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    }
    return out.flip().toString();
  }

  static byte[] encode(String text) {
    if (CharMatcher.ascii().matchesAllOf(text)) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean escape = i < text.length() && isLoneEscape(text, i);
      if (i == text.length() || escape) {
        bytes.writeBytes(encodeUtf8(text, start, i));
        if (escape) {
          bytes.write(text.charAt(i) - ESCAPE);
        }
        start = i + 1;
      }
    }
    return bytes.toByteArray();
  }

  private static boolean isLoneEscape(String text, int i) {
    char c = text.charAt(i);
    return c >= FIRST && c <= LAST && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  private static byte[] encodeUtf8(String text, int start, int end) {
    try {
      CharBuffer part = CharBuffer.wrap(text, start, end);
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(part);
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new InvalidPathException(text, "Malformed input or input contains unmappable chars");
    }
  }
}
