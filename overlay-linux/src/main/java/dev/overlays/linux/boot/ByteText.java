package dev.overlays.linux.boot;

import dev.overlays.layer.PathBytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Text in which each character stands for one byte, because names are bytes in any encoding. */
final class ByteText {
  private ByteText() {}

  static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytesOf(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns the bytes of an absolute path as such text. */
  static String of(Path path) {
    return of(PathBytes.of(path));
  }

  /** Returns the path of an absolute name; empty if the name is not absolute. */
  static Optional<Path> pathOf(String text) {
    return text.startsWith("/") && text.indexOf('\0') < 0
        ? Optional.of(PathBytes.toPath(bytesOf(text)))
        : Optional.empty();
  }

  /** Decodes the bytes as UTF-8; empty if they are not UTF-8. */
  static Optional<String> decodeUtf8(String text) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytesOf(text))).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Returns the text for display, with U+FFFD for bytes that are not UTF-8. */
  static String readableText(String text) {
    return new String(bytesOf(text), StandardCharsets.UTF_8);
  }
}
