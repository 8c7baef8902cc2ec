package dev.overlays.testkit.replay;

import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;

/** Names as the manifests of layers have them. */
final class Escapes {
  private Escapes() {}

  /** Reads visible ASCII, and {@code \xHH} for all else. */
  static Name name(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length(); i++) {
      if (escaped.charAt(i) == '\\') {
        bytes.write(Integer.parseInt(escaped.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        bytes.write(escaped.charAt(i));
      }
    }
    return Name.of(bytes.toByteArray());
  }
}
