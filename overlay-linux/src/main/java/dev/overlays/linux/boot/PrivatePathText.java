package dev.overlays.linux.boot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A private path as the value of an option: whatever some reader may take for syntax becomes a
 * percent sign and two hexadecimal digits, as in a URI.
 */
final class PrivatePathText {
  private static final String PLAIN = "._-/";
  private static final int RADIX = 16;

  private PrivatePathText() {}

  static String encodePaths(String path) {
    StringBuilder text = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
      if (letter || (b >= '0' && b <= '9') || PLAIN.indexOf(b) >= 0) {
        text.append((char) b);
      } else {
        text.append(String.format("%%%02X", b & 0xff));
      }
    }
    return text.toString();
  }

  /** Empty if nothing is encoded like that. */
  static Optional<String> decodePaths(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        if (!text.substring(i + 1).matches("(?s)[0-9A-Fa-f]{2}.*")) {
          return Optional.empty();
        }
        bytes.write(Integer.parseInt(text, i + 1, i + 3, RADIX));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return ByteText.decodedCharacters(ByteText.of(bytes.toByteArray()));
  }
}
