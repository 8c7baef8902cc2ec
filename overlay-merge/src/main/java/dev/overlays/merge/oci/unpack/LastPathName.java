package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * Returns the last name of a path as bytes. A path's characters depend on the JVM's locale, which
 * may not express all bytes; its URI is made from the bytes.
 */
public final class LastPathName {
  private LastPathName() {}

  public static Name lastNameOf(Path path) {
    String text = path.getFileName().toString();
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    if (ascii || path.getFileSystem() != FileSystems.getDefault()) {
      return Name.of(text);
    }
    String uri = path.toUri().getRawPath().replaceAll("/+$", "");
    return Name.of(decodePercent(uri.substring(uri.lastIndexOf('/') + 1)));
  }

  private static byte[] decodePercent(String uri) {
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
