package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads a layer, or any other directory, as a tree that specifies everything. */
final class TreeReader {
  private static final Set<Mark> SHOWN_MARKS =
      EnumSet.of(Mark.OPAQUE, Mark.REDIRECT, Mark.METACOPY);

  private final Map<InodeNumber, String> firstPaths = new HashMap<>();

  private record InodeNumber(long device, long number) {}

  /** Reads the tree in an open directory. */
  TreeEntry readTree(LayerDirectory root) throws IOException {
    return readDirectory(root, Name.SELF, LayerEntries.requireStat(root, Name.SELF), root, "");
  }

  private TreeEntry readDirectory(
      LayerDirectory parent, Name name, EntryStat stat, LayerDirectory directory, String path)
      throws IOException {
    TreeMap<String, TreeEntry> entries = new TreeMap<>();
    for (String inner : sortedNames(directory)) {
      entries.put(inner, readEntry(directory, inner, TreeEntry.joinPath(path, inner)));
    }
    return new TreeEntry(
        bytesOf(name), new EntryKind.Directory(), readAttributes(parent, name, stat), entries);
  }

  /** Returns names sorted, so that the first name of an inode is read first. */
  private static Set<String> sortedNames(LayerDirectory directory) throws IOException {
    Set<String> names = new TreeSet<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      names.add(bytesOf(entry.name()));
    }
    return names;
  }

  private TreeEntry readEntry(LayerDirectory directory, String bytes, String path)
      throws IOException {
    Name name = Name.of(bytes.getBytes(ISO_8859_1));
    EntryStat stat = LayerEntries.requireStat(directory, name);
    if (stat.isDirectory()) {
      try (LayerDirectory inner = directory.open(name)) {
        return readDirectory(directory, name, stat, inner, path);
      }
    }
    // The kernel makes whiteouts hard links to one inode, which has no meaning.
    if (isWhiteout(directory, name, stat)) {
      return new TreeEntry(
          bytes, new EntryKind.Whiteout(), SpecifiedAttributes.noAttributes(), new TreeMap<>());
    }
    if (stat.links() > 1) {
      String first = firstPaths.putIfAbsent(new InodeNumber(stat.device(), stat.inode()), path);
      if (first != null) {
        return new TreeEntry(
            bytes,
            new EntryKind.HardLink(first),
            SpecifiedAttributes.noAttributes(),
            new TreeMap<>());
      }
    }
    return new TreeEntry(
        bytes,
        readKind(directory, name, stat),
        readAttributes(directory, name, stat),
        new TreeMap<>());
  }

  private static boolean isWhiteout(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    for (MarkNamespace marks : MarkNamespace.values()) {
      if (LayerEntries.isWhiteout(directory, name, stat, marks)) {
        return true;
      }
    }
    return false;
  }

  private static EntryKind readKind(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    return switch (stat.type()) {
      case FILE -> {
        try (InputStream in = directory.readFile(name)) {
          yield new EntryKind.File(ContentHash.readContent(in));
        }
      }
      case SYMLINK -> new EntryKind.Symlink(new String(directory.readSymlink(name), ISO_8859_1));
      default -> new EntryKind.Node(stat.type(), stat.deviceMajor(), stat.deviceMinor());
    };
  }

  private static SpecifiedAttributes readAttributes(
      LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    TreeMap<Mark, String> marks = new TreeMap<>();
    TreeMap<String, String> xattrs = new TreeMap<>();
    for (String xattr : directory.xattrs(name)) {
      Optional<byte[]> value = directory.xattr(name, xattr);
      if (value.isPresent()) {
        String text = new String(value.get(), ISO_8859_1);
        boolean ofLayer = false;
        for (MarkNamespace namespace : MarkNamespace.values()) {
          ofLayer |= namespace.isMark(xattr);
          Mark.of(xattr, namespace)
              .filter(SHOWN_MARKS::contains)
              .ifPresent(mark -> marks.put(mark, text));
        }
        if (!ofLayer) {
          xattrs.put(xattr, text);
        }
      }
    }
    return new SpecifiedAttributes(
        stat.type() == EntryType.SYMLINK ? Optional.empty() : Optional.of(stat.mode()),
        Optional.of(new SpecifiedAttributes.OwnerIds(stat.owner(), stat.group())),
        Optional.of(stat.modified()),
        marks,
        xattrs);
  }

  private static String bytesOf(Name name) {
    return new String(name.toBytes(), ISO_8859_1);
  }
}
