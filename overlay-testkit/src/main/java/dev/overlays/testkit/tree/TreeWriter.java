package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Writes a tree into a layer: first the entries, then hard links, and the attributes of directories
 * last, since adding entries changes them.
 */
final class TreeWriter {
  private static final int FILE = 0644;
  private static final int DIRECTORY = 0755;

  private final LayerDirectory root;
  private final MarkNamespace marks;

  TreeWriter(LayerDirectory root, MarkNamespace marks) {
    this.root = root;
    this.marks = marks;
  }

  void write(TreeEntry tree) throws IOException {
    entries(root, tree);
    hardLinks(root, tree);
    directories(root, tree);
    told(root, Name.SELF, tree.told());
  }

  private void entries(LayerDirectory directory, TreeEntry in) throws IOException {
    for (TreeEntry entry : in.entries().values()) {
      Name name = name(entry.name());
      if (entry.kind() instanceof EntryKind.Directory) {
        directory.createDirectory(name);
        try (LayerDirectory inner = directory.open(name)) {
          entries(inner, entry);
        }
      } else if (!(entry.kind() instanceof EntryKind.HardLink)) {
        create(directory, name, entry.kind());
        if (!(entry.kind() instanceof EntryKind.Symlink
            || entry.kind() instanceof EntryKind.Whiteout)) {
          directory.setMode(name, FILE);
        }
        told(directory, name, entry.told());
      }
    }
  }

  private static void create(LayerDirectory directory, Name name, EntryKind kind)
      throws IOException {
    if (kind instanceof EntryKind.File file) {
      try (OutputStream out = directory.createFile(name)) {
        file.content().writeTo(out);
      }
    } else if (kind instanceof EntryKind.Symlink link) {
      directory.createSymlink(name, link.target().getBytes(ISO_8859_1));
    } else if (kind instanceof EntryKind.Node node) {
      directory.createNode(name, node.type(), node.major(), node.minor());
    } else {
      directory.createWhiteout(name);
    }
  }

  private void hardLinks(LayerDirectory directory, TreeEntry in) throws IOException {
    for (TreeEntry entry : in.entries().values()) {
      Name name = name(entry.name());
      if (entry.kind() instanceof EntryKind.HardLink link) {
        int slash = link.path().lastIndexOf('/');
        try (LayerDirectory target = open(link.path().substring(0, Math.max(0, slash)))) {
          target.createLink(name(link.path().substring(slash + 1)), directory, name);
        }
      } else if (entry.isDirectory()) {
        try (LayerDirectory inner = directory.open(name)) {
          hardLinks(inner, entry);
        }
      }
    }
  }

  /** Opens a directory of the tree by its path. */
  private LayerDirectory open(String path) throws IOException {
    LayerDirectory directory = root.open(Name.SELF);
    for (String name : path.isEmpty() ? new String[0] : path.split("/", -1)) {
      try (LayerDirectory parent = directory) {
        directory = parent.open(name(name));
      }
    }
    return directory;
  }

  private void directories(LayerDirectory directory, TreeEntry in) throws IOException {
    for (TreeEntry entry : in.entries().values()) {
      if (entry.isDirectory()) {
        Name name = name(entry.name());
        try (LayerDirectory inner = directory.open(name)) {
          directories(inner, entry);
        }
        directory.setMode(name, DIRECTORY);
        told(directory, name, entry.told());
      }
    }
  }

  private void told(LayerDirectory directory, Name name, ToldMetadata told) throws IOException {
    if (told.owner().isPresent()) {
      ToldMetadata.NumericOwner owner = told.owner().get();
      int mode = LayerEntries.present(directory, name).mode();
      directory.setOwner(name, owner.user(), owner.group());
      if (LayerEntries.present(directory, name).type() != EntryType.SYMLINK) {
        directory.setMode(name, mode);
      }
    }
    for (Map.Entry<String, String> xattr : told.xattrs().entrySet()) {
      directory.setXattr(name, xattr.getKey(), xattr.getValue().getBytes(ISO_8859_1));
    }
    for (Map.Entry<Mark, String> mark : told.marks().entrySet()) {
      directory.setXattr(name, mark.getKey().xattr(marks), mark.getValue().getBytes(ISO_8859_1));
    }
    if (told.mode().isPresent()) {
      directory.setMode(name, told.mode().get());
    }
    if (told.modified().isPresent()) {
      directory.setTimes(
          name, LayerEntries.present(directory, name).accessed(), told.modified().get());
    }
  }

  private static Name name(String bytes) {
    return Name.of(bytes.getBytes(ISO_8859_1));
  }
}
