package dev.overlays.linux.union;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The content of a tree as {@code java.nio.file} shows it, for any provider. */
final class ShownText {
  private static final String WANTED = "unix:mode,uid,gid,rdev,lastModifiedTime";

  private final Map<String, String> lines = new TreeMap<>();
  private final boolean times;

  private ShownText(boolean times) {
    this.times = times;
  }

  /** With the times of what is no directory, if these are to be the same. */
  static String of(Path root, boolean times) throws IOException {
    ShownText shown = new ShownText(times);
    shown.add(root, "");
    return String.join("\n", shown.lines.values());
  }

  private void add(Path entry, String path) throws IOException {
    Map<String, Object> all = Files.readAttributes(entry, WANTED, LinkOption.NOFOLLOW_LINKS);
    StringBuilder line = new StringBuilder(path.isEmpty() ? "/" : path);
    line.append(" mode=").append(Integer.toOctalString((Integer) all.get("mode")));
    line.append(' ').append(all.get("uid")).append(':').append(all.get("gid"));
    line.append(" rdev=").append(all.get("rdev"));
    boolean link = Files.isSymbolicLink(entry);
    boolean directory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
    if (link) {
      line.append(" -> ").append(Files.readSymbolicLink(entry));
    } else if (directory || Files.isRegularFile(entry)) {
      Files.readAttributes(entry, "user:*")
          .forEach((name, value) -> line.append(' ').append(name).append('=').append(text(value)));
    }
    if (!directory && !link && Files.isRegularFile(entry)) {
      line.append(" links=").append(Files.getAttribute(entry, "unix:nlink"));
      line.append(" content=").append(text(Files.readAllBytes(entry)));
    }
    if (times && !directory) {
      line.append(" time=").append(all.get("lastModifiedTime"));
    }
    lines.put(path, line.toString());
    if (directory) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(entry)) {
        for (Path child : children) {
          add(child, path + "/" + child.getFileName());
        }
      }
    }
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.ISO_8859_1);
  }
}
