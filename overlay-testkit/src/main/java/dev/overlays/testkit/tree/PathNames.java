package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * Reads the bytes of names, which the characters of a path on the default file system may not show.
 */
final class PathNames {
  private PathNames() {}

  /** Returns the bytes of the last name of an absolute path, see {@link QuotedBytes}. */
  static String lastName(Path path) {
    String name = path.getFileName().toString();
    boolean ascii = name.chars().allMatch(c -> c < 0x80);
    return ascii || path.getFileSystem() != FileSystems.getDefault()
        ? QuotedBytes.encodeUtf8(name)
        : uriBytes(path.toUri().getRawPath());
  }

  /**
   * Decodes the last name from a URI, since the characters of a name that is not ASCII depend on
   * the JVM's locale.
   */
  private static String uriBytes(String uri) {
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = uri.lastIndexOf('/', end - 1) + 1; i < end; i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    return bytes.toString(ISO_8859_1);
  }
}
