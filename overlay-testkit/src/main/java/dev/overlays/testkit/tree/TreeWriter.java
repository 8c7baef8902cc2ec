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
  private static final int FILE_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  private final LayerDirectory root;
  private final MarkNamespace marks;

  TreeWriter(LayerDirectory root, MarkNamespace marks) {
    this.root = root;
    this.marks = marks;
  }

  void writeTree(TreeEntry tree) throws IOException {
    writeEntries(root, tree);
    writeHardLinks(root, tree);
    finishDirectories(root, tree);
    writeAttributes(root, Name.SELF, tree.attributes());
  }

  private void writeEntries(LayerDirectory directory, TreeEntry in) throws IOException {
    for (TreeEntry entry : in.entries().values()) {
      Name name = nameOf(entry.name());
      if (entry.kind() instanceof EntryKind.Directory) {
        directory.createDirectory(name);
        try (LayerDirectory inner = directory.open(name)) {
          writeEntries(inner, entry);
        }
      } else if (!(entry.kind() instanceof EntryKind.HardLink)) {
        createEntry(directory, name, entry.kind());
        if (!(entry.kind() instanceof EntryKind.Symlink
            || entry.kind() instanceof EntryKind.Whiteout)) {
          directory.setMode(name, FILE_MODE);
        }
        writeAttributes(directory, name, entry.attributes());
      }
    }
  }

  private static void createEntry(LayerDirectory directory, Name name, EntryKind kind)
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

  private void writeHardLinks(LayerDirectory directory, TreeEntry in) throws IOException {
    for (TreeEntry entry : in.entries().values()) {
      Name name = nameOf(entry.name());
      if (entry.kind() instanceof EntryKind.HardLink link) {
        int slash = link.path().lastIndexOf('/');
        try (LayerDirectory target = openDirectory(link.path().substring(0, Math.max(0, slash)))) {
          target.createLink(nameOf(link.path().substring(slash + 1)), directory, name);
        }
      } else if (entry.isDirectory()) {
        try (LayerDirectory inner = directory.open(name)) {
          writeHardLinks(inner, entry);
        }
      }
    }
  }

  /** Opens a directory of the tree by its path. */
  private LayerDirectory openDirectory(String path) throws IOException {
    LayerDirectory directory = root.open(Name.SELF);
    for (String name : path.isEmpty() ? new String[0] : path.split("/", -1)) {
      try (LayerDirectory parent = directory) {
        directory = parent.open(nameOf(name));
      }
    }
    return directory;
  }

  private void finishDirectories(LayerDirectory directory, TreeEntry in) throws IOException {
    for (TreeEntry entry : in.entries().values()) {
      if (entry.isDirectory()) {
        Name name = nameOf(entry.name());
        try (LayerDirectory inner = directory.open(name)) {
          finishDirectories(inner, entry);
        }
        directory.setMode(name, DIRECTORY_MODE);
        writeAttributes(directory, name, entry.attributes());
      }
    }
  }

  private void writeAttributes(LayerDirectory directory, Name name, SpecifiedAttributes told)
      throws IOException {
    if (told.owner().isPresent()) {
      SpecifiedAttributes.OwnerIds owner = told.owner().get();
      int mode = LayerEntries.requireStat(directory, name).mode();
      directory.setOwner(name, owner.user(), owner.group());
      if (LayerEntries.requireStat(directory, name).type() != EntryType.SYMLINK) {
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
          name, LayerEntries.requireStat(directory, name).accessed(), told.modified().get());
    }
  }

  private static Name nameOf(String bytes) {
    return Name.of(bytes.getBytes(ISO_8859_1));
  }
}
