package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Emulates device nodes, pipes and sockets by empty files with a user-defined attribute that names
 * the type and numbers. A whiteout is an empty file with the whiteout mark.
 */
final class EmulatedNodes {
  static final String NODE_XATTR = "overlays.node";
  static final String WHITEOUT_XATTR =
      Mark.WHITEOUT.xattr(MarkNamespace.USER).substring(UserXattrs.PREFIX.length());

  private EmulatedNodes() {}

  static void markNode(Path emptyFile, EntryType type, int major, int minor) throws IOException {
    String text = type.name() + ' ' + major + ' ' + minor;
    UserXattrs.writeXattr(emptyFile, NODE_XATTR, text.getBytes(StandardCharsets.US_ASCII));
  }

  static void markWhiteout(Path emptyFile) throws IOException {
    UserXattrs.writeXattr(emptyFile, WHITEOUT_XATTR, new byte[0]);
  }

  /** A type, and the numbers of a device. */
  private record Node(EntryType type, int major, int minor) {}

  /** Returns the type of the node that an empty file emulates, or that of a file. */
  static EntryType shownType(StoredXattrs ofEmptyFile) throws IOException {
    return readNode(ofEmptyFile).map(Node::type).orElse(EntryType.FILE);
  }

  /** Returns the attributes of the node that an entry emulates, or those of the entry itself. */
  static EntryStat shownStat(EntryStat stat, StoredXattrs xattrs) throws IOException {
    if (stat.type() != EntryType.FILE || stat.size() != 0) {
      return stat;
    }
    return readNode(xattrs).map(node -> withNode(stat, node)).orElse(stat);
  }

  private static Optional<Node> readNode(StoredXattrs xattrs) throws IOException {
    Optional<byte[]> mark = xattrs.readValue(NODE_XATTR);
    if (mark.isPresent()) {
      List<String> parts = List.of(new String(mark.get(), StandardCharsets.US_ASCII).split(" ", 3));
      return Optional.of(
          new Node(
              EntryType.valueOf(parts.get(0)),
              Integer.parseInt(parts.get(1)),
              Integer.parseInt(parts.get(2))));
    }
    return xattrs
        .readValue(WHITEOUT_XATTR)
        .map(empty -> new Node(EntryType.CHARACTER_DEVICE, 0, 0));
  }

  private static EntryStat withNode(EntryStat stat, Node node) {
    return new EntryStat(
        node.type(),
        stat.mode(),
        stat.owner(),
        stat.group(),
        stat.size(),
        stat.allocated(),
        stat.links(),
        stat.device(),
        stat.inode(),
        node.major(),
        node.minor(),
        stat.accessed(),
        stat.modified(),
        stat.immutable(),
        stat.appendOnly());
  }
}
