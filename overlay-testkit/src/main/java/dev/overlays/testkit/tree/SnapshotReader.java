package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the facts of a directory of any provider. */
final class SnapshotReader {
  private final Set<SnapshotDetail> details;
  private final SortedMap<String, EntryFacts> facts = new TreeMap<>();
  private final Map<Object, String> firsts = new HashMap<>();
  private final boolean xattrs;

  SnapshotReader(Path root, Set<SnapshotDetail> details) {
    this.details = details;
    xattrs =
        details.contains(SnapshotDetail.XATTRS)
            && root.getFileSystem().supportedFileAttributeViews().contains("user");
  }

  SortedMap<String, EntryFacts> read(Path root) throws IOException {
    add(root, TreeEntry.ROOT, "");
    return facts;
  }

  private void add(Path entry, String shown, String path) throws IOException {
    PathAttributes attributes = PathAttributes.of(entry);
    facts.put(shown, facts(entry, shown, attributes));
    if (attributes.isDirectory()) {
      for (Map.Entry<String, Path> inner : entries(entry).entrySet()) {
        String innerPath = TreeEntry.path(path, inner.getKey());
        add(inner.getValue(), innerPath, innerPath);
      }
    }
  }

  private static SortedMap<String, Path> entries(Path directory) throws IOException {
    SortedMap<String, Path> entries = new TreeMap<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory)) {
      listing.forEach(entry -> entries.put(PathNames.last(entry), entry));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  private EntryFacts facts(Path entry, String path, PathAttributes attributes) throws IOException {
    EntryFacts known = new EntryFacts(attributes.kind());
    if (attributes.isFile() && details.contains(SnapshotDetail.CONTENT)) {
      try (InputStream in = Files.newInputStream(entry)) {
        known.add("content", ContentHash.fact(in));
      }
    } else if (attributes.isFile() && details.contains(SnapshotDetail.SIZE)) {
      known.add("size", attributes.values().get("size"));
    } else if (attributes.isSymbolicLink()) {
      known.add(
          "target", QuotedBytes.of(QuotedBytes.bytes(Files.readSymbolicLink(entry).toString())));
    }
    if (details.contains(SnapshotDetail.MODE)) {
      attributes.mode().ifPresent(mode -> known.add("mode", mode));
    }
    if (details.contains(SnapshotDetail.OWNER)) {
      attributes.owner().ifPresent(owner -> known.add("owner", owner));
    }
    if (details.contains(SnapshotDetail.TIMES)) {
      known.add("mtime", attributes.values().get("lastModifiedTime"));
    }
    if (xattrs && (attributes.isFile() || attributes.isDirectory())) {
      xattrs(entry, known);
    }
    if (details.contains(SnapshotDetail.LINKS)) {
      links(path, attributes.inode(), known);
    }
    return known;
  }

  private static void xattrs(Path entry, EntryFacts known) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            entry, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    Map<String, String> values = new TreeMap<>();
    for (String name : view == null ? List.<String>of() : view.list()) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      values.put(name, QuotedBytes.of(new String(value.array(), ISO_8859_1)));
    }
    values.forEach((name, value) -> known.add("xattr user." + name, value));
  }

  /**
   * Entries are read in the order of the tree, so the first name of an inode is always the same.
   */
  private void links(String path, Optional<Object> inode, EntryFacts known) {
    inode
        .map(key -> firsts.putIfAbsent(key, path))
        .ifPresent(first -> known.add("link of", QuotedBytes.bareOr(first, true)));
  }
}
