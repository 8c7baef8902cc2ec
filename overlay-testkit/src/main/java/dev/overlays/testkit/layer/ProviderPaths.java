package dev.overlays.testkit.layer;

import com.google.common.base.CharMatcher;
import dev.overlays.layer.PathBytes;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * Converts between paths and bytes, whatever the locale of the JVM. The default provider accepts
 * and returns any bytes as octets of a URI. Other providers hold strings: there, bytes that are not
 * UTF-8 become the lone surrogates U+DC80 to U+DCFF.
 */
final class ProviderPaths {
  private static final int ESCAPE = 0xdc00;

  private ProviderPaths() {}

  static Path pathOf(FileSystem fileSystem, byte[] bytes) {
    if (isAscii(bytes)) {
      return fileSystem.getPath(new String(bytes, StandardCharsets.US_ASCII));
    }
    if (fileSystem != FileSystems.getDefault()) {
      return fileSystem.getPath(decodeBytes(bytes));
    }
    boolean absolute = bytes[0] == '/';
    StringBuilder uri = new StringBuilder(absolute ? "file://" : "file:///x/");
    for (byte b : bytes) {
      if (b == '/') {
        uri.append('/');
      } else {
        uri.append('%').append(Character.forDigit((b >> 4) & 15, 16));
        uri.append(Character.forDigit(b & 15, 16));
      }
    }
    Path path = Path.of(URI.create(uri.toString()));
    return absolute ? path : path.subpath(1, path.getNameCount());
  }

  static byte[] bytesOf(Path path) {
    byte[] bytes = encodeText(path.toString());
    if (path.getFileSystem() != FileSystems.getDefault() || isAscii(bytes)) {
      return bytes;
    }
    // toUri adds a slash to the path of an existing directory, so the path must not exist.
    Path root = Path.of("/\1/");
    String uri = root.resolve(path).toUri().getRawPath();
    return PathBytes.decodePercent(path.isAbsolute() ? uri : uri.substring("/%01/".length()));
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  private static String decodeBytes(byte[] bytes) {
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

  private static byte[] encodeText(String text) {
    if (CharMatcher.ascii().matchesAllOf(text)) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c > ESCAPE && c <= ESCAPE + 0xff) {
                bytes.write(c - ESCAPE);
              } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }
}
