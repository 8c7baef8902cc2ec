package dev.overlays.linux.boot;

import dev.overlays.linux.syscall.PathBytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Text in which each character stands for one byte: names are bytes, in whatever encoding. */
final class ByteText {
  private ByteText() {}

  static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytesOf(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The bytes of an absolute path. */
  static String of(Path path) {
    return of(PathBytes.of(path));
  }

  /** The path of an absolute name; empty if it is not absolute. */
  static Optional<Path> pathOf(String text) {
    return text.startsWith("/") && text.indexOf('\0') < 0
        ? Optional.of(PathBytes.toPath(bytesOf(text)))
        : Optional.empty();
  }

  /** The characters, where the bytes are UTF-8. */
  static Optional<String> decodedCharacters(String text) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytesOf(text))).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** For people, with U+FFFD for what is not UTF-8. */
  static String shownText(String text) {
    return new String(bytesOf(text), StandardCharsets.UTF_8);
  }
}
