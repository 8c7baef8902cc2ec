package dev.overlays.testkit.union;

import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Reads a file system through {@code java.nio.file} into the lines of a {@code LayerView}. */
final class ShownView {
  private static final HexFormat HEX = HexFormat.of();

  private final Map<String, String> lines = new TreeMap<>();
  private final Map<String, Object> keys = new HashMap<>();
  private final Map<Object, Integer> names = new HashMap<>();

  private ShownView() {}

  static List<String> of(Path root) throws IOException {
    ShownView view = new ShownView();
    view.addEntry(root, ".");
    return view.sortedLines();
  }

  private List<String> sortedLines() {
    List<String> result = new ArrayList<>();
    Map<Object, String> first = new HashMap<>();
    lines.forEach(
        (path, text) -> {
          Object key = keys.get(path);
          boolean linked = names.getOrDefault(key, 0) > 1;
          result.add(linked ? text + " links=" + first.computeIfAbsent(key, k -> path) : text);
        });
    return result;
  }

  private void addEntry(Path entry, String path) throws IOException {
    Map<String, Object> all = Files.readAttributes(entry, "unix:*", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) all.get("mode");
    EntryType type = typeOf(mode);
    StringBuilder text = new StringBuilder(path).append(' ').append(type);
    text.append(" 0").append(Integer.toOctalString(mode & 07777));
    text.append(' ').append(Integer.toUnsignedString((Integer) all.get("uid")));
    text.append(':').append(Integer.toUnsignedString((Integer) all.get("gid")));
    switch (type) {
      case FILE -> text.append(" size=").append(all.get("size")).append(sumText(entry));
      case SYMLINK -> text.append(" target=").append(escapeName(Files.readSymbolicLink(entry)));
      case CHARACTER_DEVICE, BLOCK_DEVICE -> {
        long number = (Long) all.get("rdev");
        long major = (number >>> 8 & 0xfff) | (number >>> 32 & 0xfffff000L);
        long minor = (number & 0xff) | (number >>> 12 & 0xffffff00L);
        text.append(" device=").append(major).append(':').append(minor);
      }
      default -> {}
    }
    if (type == EntryType.FILE || type == EntryType.DIRECTORY) {
      appendXattrs(entry, text);
    }
    if (type != EntryType.DIRECTORY) {
      text.append(" mtime=").append(((FileTime) all.get("lastModifiedTime")).toInstant());
      names.merge(all.get("fileKey"), 1, Integer::sum);
    }
    keys.put(path, all.get("fileKey"));
    if (lines.put(path, text.toString()) != null) {
      throw new AssertionError("listed twice: " + path);
    }
    if (type == EntryType.DIRECTORY) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(entry)) {
        for (Path child : children) {
          String name = escapeName(child.getFileName());
          addEntry(child, path.equals(".") ? name : path + "/" + name);
        }
      }
    }
  }

  private static void appendXattrs(Path entry, StringBuilder text) throws IOException {
    Map<String, byte[]> sorted = new TreeMap<>();
    Files.readAttributes(entry, "user:*", LinkOption.NOFOLLOW_LINKS)
        .forEach((name, value) -> sorted.put(name, (byte[]) value));
    sorted.forEach(
        (name, value) -> {
          String shown = escapeName(("user." + name).getBytes(StandardCharsets.UTF_8));
          text.append(' ').append(shown).append('=').append(HEX.formatHex(value));
        });
  }

  private static String sumText(Path file) {
    try {
      CRC32C sum = new CRC32C();
      sum.update(Files.readAllBytes(file));
      return " crc32c=" + HEX.toHexDigits((int) sum.getValue());
    } catch (FileSystemException e) {
      return " data=missing";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EntryType typeOf(int mode) {
    for (EntryType type : EntryType.values()) {
      if (FileModes.typeBits(type) == (mode & 0170000)) {
        return type;
      }
    }
    throw new AssertionError("mode " + mode);
  }

  static String escapeName(Path path) {
    return escapeName(NameText.encode(path.toString()));
  }

  static String escapeName(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      if (b > ' ' && b < 0x7f && b != '\\') {
        text.append((char) b);
      } else {
        text.append("\\x").append(HEX.toHexDigits(b));
      }
    }
    return text.toString();
  }
}
