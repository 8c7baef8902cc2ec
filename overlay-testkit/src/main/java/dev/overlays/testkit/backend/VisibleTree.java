package dev.overlays.testkit.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** What {@code java.nio.file} shows below a directory: a line for each entry, by relative path. */
final class VisibleTree {
  /**
   * The prefix of attributes in which the portable store keeps what its file system cannot store.
   */
  private static final String KEPT_BY_STORE = "overlays.";

  private final Set<Capability> kept;
  private final SortedMap<String, String> lines = new TreeMap<>();

  private VisibleTree(Set<Capability> kept) {
    this.kept = kept;
  }

  /** Reads kinds and contents, and the metadata that the backend keeps. */
  static SortedMap<String, String> of(Path root, Set<Capability> kept) throws IOException {
    VisibleTree tree = new VisibleTree(kept);
    tree.addDirectory(root, "");
    return tree.lines;
  }

  /** Returns the sorted names in a directory. */
  static List<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private void addDirectory(Path directory, String prefix) throws IOException {
    for (String name : namesIn(directory)) {
      Path entry = directory.resolve(name);
      BasicFileAttributes attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      lines.put(prefix + name, lineOf(entry, attributes));
      if (attributes.isDirectory()) {
        addDirectory(entry, prefix + name + "/");
      }
    }
  }

  private String lineOf(Path entry, BasicFileAttributes attributes) throws IOException {
    if (attributes.isSymbolicLink()) {
      return "link " + Files.readSymbolicLink(entry);
    }
    if (attributes.isOther()) {
      return "node";
    }
    StringBuilder line = new StringBuilder();
    if (attributes.isDirectory()) {
      line.append("directory");
    } else {
      line.append("file ").append(attributes.size()).append(' ').append(sumOf(entry));
      line.append(" modified ").append(attributes.lastModifiedTime().toInstant());
    }
    if (kept.contains(Capability.PERMISSIONS)) {
      line.append(' ');
      line.append(PosixFilePermissions.toString(Files.getPosixFilePermissions(entry)));
    }
    if (kept.contains(Capability.XATTRS)) {
      appendXattrs(entry, line);
    }
    return line.toString();
  }

  private static void appendXattrs(Path entry, StringBuilder line) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(entry, UserDefinedFileAttributeView.class);
    for (String name : new TreeSet<>(view.list())) {
      if (name.startsWith(KEPT_BY_STORE)) {
        continue;
      }
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      line.append(' ').append(name).append('=').append(HexFormat.of().formatHex(value.array()));
    }
  }

  private static String sumOf(Path file) throws IOException {
    CRC32C sum = new CRC32C();
    sum.update(Files.readAllBytes(file));
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }
}
