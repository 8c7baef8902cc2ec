package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** The bytes of names, which on the default file system are more than their characters. */
final class PathNames {
  private PathNames() {}

  /** The last name of an absolute path, in bytes as {@link QuotedBytes} has them. */
  static String last(Path path) {
    String name = path.getFileName().toString();
    boolean ascii = name.chars().allMatch(c -> c < 0x80);
    return ascii || path.getFileSystem() != FileSystems.getDefault()
        ? QuotedBytes.bytes(name)
        : octets(path.toUri().getRawPath());
  }

  /** Of a name that is no ASCII: the JVM's locale decides what characters it has, if any. */
  private static String octets(String uri) {
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
