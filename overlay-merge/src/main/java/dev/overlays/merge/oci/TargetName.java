package dev.overlays.merge.oci;

import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * The last name of a path as bytes. As characters it depends on the locale of the JVM and may lose
 * some; the URI is made from the bytes themselves.
 */
final class TargetName {
  private TargetName() {}

  static Name of(Path path) {
    String text = path.getFileName().toString();
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    if (ascii || path.getFileSystem() != FileSystems.getDefault()) {
      return Name.of(text);
    }
    String uri = path.toUri().getRawPath().replaceAll("/+$", "");
    return Name.of(octetsOf(uri.substring(uri.lastIndexOf('/') + 1)));
  }

  private static byte[] octetsOf(String uri) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
