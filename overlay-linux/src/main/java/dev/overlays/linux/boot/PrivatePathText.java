package dev.overlays.linux.boot;

import dev.overlays.layer.PathBytes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Encodes a private path as the value of an option: characters that some reader may take for syntax
 * become a percent sign and two hexadecimal digits, as in a URI.
 */
final class PrivatePathText {
  private static final String PLAIN = "._-/";
  private static final Pattern BROKEN = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private PrivatePathText() {}

  static String encodePath(String path) {
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

  /** Decodes a value; empty if it is not a valid encoding. */
  static Optional<String> decodePath(String text) {
    return BROKEN.matcher(text).find()
        ? Optional.empty()
        : ByteText.decodeUtf8(ByteText.of(PathBytes.decodePercent(text)));
  }
}
