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

  /** Returns the attributes of the node that an entry emulates, or those of the entry itself. */
  static EntryStat shownStat(Path path, EntryStat stat) throws IOException {
    if (stat.type() != EntryType.FILE || stat.size() != 0) {
      return stat;
    }
    Optional<byte[]> node = UserXattrs.readXattr(path, NODE_XATTR);
    if (node.isPresent()) {
      String text = new String(node.get(), StandardCharsets.US_ASCII);
      List<String> parts = List.of(text.split(" ", 3));
      return withType(
          stat,
          EntryType.valueOf(parts.get(0)),
          Integer.parseInt(parts.get(1)),
          Integer.parseInt(parts.get(2)));
    }
    if (UserXattrs.listXattrs(path).contains(WHITEOUT_XATTR)) {
      return withType(stat, EntryType.CHARACTER_DEVICE, 0, 0);
    }
    return stat;
  }

  private static EntryStat withType(EntryStat stat, EntryType type, int major, int minor) {
    return new EntryStat(
        type,
        stat.mode(),
        stat.owner(),
        stat.group(),
        stat.size(),
        stat.allocated(),
        stat.links(),
        stat.device(),
        stat.inode(),
        major,
        minor,
        stat.accessed(),
        stat.modified(),
        stat.immutable(),
        stat.appendOnly());
  }
}
