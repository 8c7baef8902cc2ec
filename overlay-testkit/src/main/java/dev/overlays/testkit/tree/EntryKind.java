package dev.overlays.testkit.tree;

import dev.overlays.layer.EntryType;
import java.util.Locale;

/**
 * What an entry of a tree is. Names, targets and paths are bytes as {@link QuotedBytes} has them.
 */
sealed interface EntryKind {

  /** What it is in words. */
  String words();

  /** A directory. */
  record Directory() implements EntryKind {
    @Override
    public String words() {
      return "directory";
    }

    @Override
    public String toString() {
      return "/";
    }
  }

  /** A file with a name, and a content, of its own. */
  record File(FileContent content) implements EntryKind {
    @Override
    public String words() {
      return "file";
    }

    @Override
    public String toString() {
      return content.toString();
    }
  }

  /** A symbolic link. */
  record Symlink(String target) implements EntryKind {
    @Override
    public String words() {
      return "symbolic link";
    }

    @Override
    public String toString() {
      return " -> " + QuotedBytes.bareOr(target, true);
    }
  }

  /** Another name of the entry at a path of the tree. */
  record HardLink(String path) implements EntryKind {
    @Override
    public String words() {
      return "hard link";
    }

    @Override
    public String toString() {
      return " => " + QuotedBytes.bareOr(path, true);
    }
  }

  /** A whiteout, in the form that the layer's store has. */
  record Whiteout() implements EntryKind {
    @Override
    public String words() {
      return "whiteout";
    }

    @Override
    public String toString() {
      return " whiteout";
    }
  }

  /** A device node, named pipe or socket. */
  record Node(EntryType type, int major, int minor) implements EntryKind {
    @Override
    public String words() {
      return type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public String toString() {
      return switch (type) {
        case CHARACTER_DEVICE -> " char=" + major + ":" + minor;
        case BLOCK_DEVICE -> " block=" + major + ":" + minor;
        default -> " " + words();
      };
    }
  }
}
