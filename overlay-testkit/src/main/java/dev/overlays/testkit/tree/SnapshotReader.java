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
  private final Map<Object, String> firstPaths = new HashMap<>();
  private final boolean readsXattrs;

  SnapshotReader(Path root, Set<SnapshotDetail> details) {
    this.details = details;
    readsXattrs =
        details.contains(SnapshotDetail.XATTRS)
            && root.getFileSystem().supportedFileAttributeViews().contains("user");
  }

  SortedMap<String, EntryFacts> readTree(Path root) throws IOException {
    addEntry(root, TreeEntry.ROOT, "");
    return facts;
  }

  private void addEntry(Path entry, String shown, String path) throws IOException {
    PathAttributes attributes = PathAttributes.of(entry);
    facts.put(shown, readFacts(entry, shown, attributes));
    if (attributes.isDirectory()) {
      for (Map.Entry<String, Path> inner : listEntries(entry).entrySet()) {
        String innerPath = TreeEntry.joinPath(path, inner.getKey());
        addEntry(inner.getValue(), innerPath, innerPath);
      }
    }
  }

  private static SortedMap<String, Path> listEntries(Path directory) throws IOException {
    SortedMap<String, Path> entries = new TreeMap<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory)) {
      listing.forEach(entry -> entries.put(PathNames.lastName(entry), entry));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  private EntryFacts readFacts(Path entry, String path, PathAttributes attributes)
      throws IOException {
    EntryFacts known = new EntryFacts(attributes.kindText());
    if (attributes.isFile() && details.contains(SnapshotDetail.CONTENT)) {
      try (InputStream in = Files.newInputStream(entry)) {
        known.addFact("content", ContentHash.contentFact(in));
      }
    } else if (attributes.isFile() && details.contains(SnapshotDetail.SIZE)) {
      known.addFact("size", attributes.values().get("size"));
    } else if (attributes.isSymbolicLink()) {
      known.addFact(
          "target",
          QuotedBytes.quoteBytes(QuotedBytes.encodeUtf8(Files.readSymbolicLink(entry).toString())));
    }
    if (details.contains(SnapshotDetail.MODE)) {
      attributes.modeText().ifPresent(mode -> known.addFact("mode", mode));
    }
    if (details.contains(SnapshotDetail.OWNER)) {
      attributes.ownerText().ifPresent(owner -> known.addFact("owner", owner));
    }
    if (details.contains(SnapshotDetail.TIMES)) {
      known.addFact("mtime", attributes.values().get("lastModifiedTime"));
    }
    if (readsXattrs && (attributes.isFile() || attributes.isDirectory())) {
      addXattrs(entry, known);
    }
    if (details.contains(SnapshotDetail.LINKS)) {
      addLinks(path, attributes.inodeKey(), known);
    }
    return known;
  }

  private static void addXattrs(Path entry, EntryFacts known) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            entry, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    Map<String, String> values = new TreeMap<>();
    for (String name : view == null ? List.<String>of() : view.list()) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      values.put(name, QuotedBytes.quoteBytes(new String(value.array(), ISO_8859_1)));
    }
    values.forEach((name, value) -> known.addFact("xattr user." + name, value));
  }

  /**
   * Entries are read in the order of the tree, so the first name of an inode is always the same.
   */
  private void addLinks(String path, Optional<Object> inode, EntryFacts known) {
    inode
        .map(key -> firstPaths.putIfAbsent(key, path))
        .ifPresent(first -> known.addFact("link of", QuotedBytes.bareOrQuoted(first, true)));
  }
}
