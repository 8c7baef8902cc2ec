package dev.overlays.testkit.tree;

import dev.overlays.layer.EntryType;
import java.util.Locale;

/** The kind of an entry of a tree. Targets and paths are bytes, see {@link QuotedBytes}. */
sealed interface EntryKind {

  /** Returns the kind in words. */
  String kindText();

  /** A directory. */
  record Directory() implements EntryKind {
    @Override
    public String kindText() {
      return "directory";
    }

    @Override
    public String toString() {
      return "/";
    }
  }

  /** A file with a content of its own. */
  record File(FileContent content) implements EntryKind {
    @Override
    public String kindText() {
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
    public String kindText() {
      return "symbolic link";
    }

    @Override
    public String toString() {
      return " -> " + QuotedBytes.bareOrQuoted(target, true);
    }
  }

  /** A hard link to the entry at a path of the tree. */
  record HardLink(String path) implements EntryKind {
    @Override
    public String kindText() {
      return "hard link";
    }

    @Override
    public String toString() {
      return " => " + QuotedBytes.bareOrQuoted(path, true);
    }
  }

  /** A whiteout, in the form of the layer's store. */
  record Whiteout() implements EntryKind {
    @Override
    public String kindText() {
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
    public String kindText() {
      return type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public String toString() {
      return switch (type) {
        case CHARACTER_DEVICE -> " char=" + major + ":" + minor;
        case BLOCK_DEVICE -> " block=" + major + ":" + minor;
        default -> " " + kindText();
      };
    }
  }
}
