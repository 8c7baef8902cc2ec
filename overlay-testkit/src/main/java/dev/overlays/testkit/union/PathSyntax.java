package dev.overlays.testkit.union;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses paths and URIs into names, and normalizes and relativizes names, as the JDK does on Linux.
 */
final class PathSyntax {
  private static final String UNRESERVED =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/";

  private PathSyntax() {}

  static UnionPath parse(UnionFileSystem fileSystem, String text) {
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (name.indexOf('\0') >= 0) {
        throw new InvalidPathException(text, "Nul character not allowed");
      }
      if (!name.isEmpty()) {
        names.add(NameText.canonicalText(name));
      }
    }
    return new UnionPath(fileSystem, text.startsWith("/"), List.copyOf(names));
  }

  static List<String> normalizeNames(boolean absolute, List<String> names) {
    List<String> kept = new ArrayList<>();
    for (String name : names) {
      boolean up = name.equals("..");
      if (up && !kept.isEmpty() && !kept.get(kept.size() - 1).equals("..")) {
        kept.remove(kept.size() - 1);
      } else if (!name.equals(".") && !(up && absolute)) {
        kept.add(name);
      }
    }
    return kept;
  }

  static List<String> relativizeNames(
      boolean absolute, List<String> from, List<String> to, String what) {
    List<String> base = from;
    List<String> target = to;
    if (hasDots(from) || hasDots(to)) {
      base = normalizeNames(absolute, from);
      target = normalizeNames(absolute, to);
    }
    int common = 0;
    while (common < Math.min(base.size(), target.size())
        && base.get(common).equals(target.get(common))) {
      common++;
    }
    List<String> left = base.subList(common, base.size());
    if (hasDots(left)) {
      throw new IllegalArgumentException("Unable to compute relative path from " + what);
    }
    List<String> relative = new ArrayList<>();
    left.forEach(name -> relative.add(".."));
    relative.addAll(target.subList(common, target.size()));
    return relative;
  }

  private static boolean hasDots(List<String> names) {
    return names.contains(".") || names.contains("..");
  }

  /** Returns the path of a URI, with percent-encoded bytes. */
  static String toUriPath(String path) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : NameText.encode(path)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(String.format("%02X", b));
      }
    }
    return escaped.toString();
  }

  static String fromUriPath(URI uri) {
    String raw = uri.getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.writeBytes(raw.substring(i, i + 1).getBytes(StandardCharsets.UTF_8));
      }
    }
    return NameText.decode(bytes.toByteArray());
  }
}
