package dev.overlays.copy;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Copies the content of a directory, marks included, into an empty directory. */
final class TreeCopy {
  private final MarkNamespace marks;
  private final boolean oneStore;
  private final LayerDirectory linkDirectory;
  private final Map<LinkedInode, Name> copiedLinks = new HashMap<>();

  /** An inode with several names. */
  private record LinkedInode(long device, long inode) {}

  /**
   * The last argument is a directory beside the copy, which holds a name of each inode that has
   * several.
   */
  TreeCopy(MarkNamespace marks, boolean oneStore, LayerDirectory linked) {
    this.marks = marks;
    this.oneStore = oneStore;
    this.linkDirectory = linked;
  }

  /** Copies the content of a directory and then its attributes; both handles stay open. */
  void copyTree(LayerDirectory from, LayerDirectory to) throws IOException {
    TreeWalk.run(new DirectoryStep(null, null, Name.SELF, from, to));
  }

  /**
   * Copies the content of a directory and then its attributes: in the other order its time would
   * change again.
   */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final LayerDirectory parentOfCopy;
    private final Name name;
    private LayerDirectory from;
    private LayerDirectory to;
    private EntryStat before;
    private EntryCursor entries;

    /** The parents are null for the root, whose handles are open. */
    DirectoryStep(
        LayerDirectory parent,
        LayerDirectory parentOfCopy,
        Name name,
        LayerDirectory from,
        LayerDirectory to) {
      this.parent = parent;
      this.parentOfCopy = parentOfCopy;
      this.name = name;
      this.from = from;
      this.to = to;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (entries == null) {
        beginDirectory();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryStat stat = LayerEntries.requireStat(from, entry.name());
        if (stat.isDirectory()) {
          return new DirectoryStep(from, to, entry.name(), null, null);
        }
        copyNonDirectory(from, entry.name(), stat, to);
      }
      copyAttributes(from, Name.SELF, before, to, Name.SELF);
      return null;
    }

    private void beginDirectory() throws IOException {
      if (parent != null) {
        parentOfCopy.createDirectory(name);
        from = parent.open(name);
        to = parentOfCopy.open(name);
      }
      before = LayerEntries.requireStat(from, Name.SELF);
      entries = from.entries();
    }

    @Override
    public void close() throws IOException {
      if (parent != null) {
        LayerDirectory opened = from;
        LayerDirectory made = to;
        try (opened;
            made) {
          // Only to close both, whatever one of them throws.
        }
      }
    }
  }

  private void copyNonDirectory(LayerDirectory from, Name name, EntryStat stat, LayerDirectory to)
      throws IOException {
    if (stat.isWhiteoutDevice()) {
      // The kernel links one whiteout under many names, perhaps more than the other file system
      // allows.
      to.createWhiteout(name);
    } else if (stat.links() > 1) {
      copyLinked(from, name, stat, to);
    } else {
      copyLeaf(from, name, stat, to, name);
    }
  }

  private void copyLinked(LayerDirectory from, Name name, EntryStat stat, LayerDirectory to)
      throws IOException {
    LinkedInode inode = new LinkedInode(stat.device(), stat.inode());
    Name known = copiedLinks.get(inode);
    if (known == null) {
      known = Name.of(Integer.toString(copiedLinks.size()));
      copyLeaf(from, name, stat, linkDirectory, known);
      copiedLinks.put(inode, known);
    }
    linkDirectory.createLink(known, to, name);
  }

  private void copyLeaf(
      LayerDirectory from, Name name, EntryStat stat, LayerDirectory to, Name newName)
      throws IOException {
    switch (stat.type()) {
      case FILE -> copyFile(from, name, to, newName);
      case SYMLINK -> to.createSymlink(newName, from.readSymlink(name));
      default -> to.createNode(newName, stat.type(), stat.deviceMajor(), stat.deviceMinor());
    }
    copyAttributes(from, name, stat, to, newName);
  }

  private void copyFile(LayerDirectory from, Name name, LayerDirectory to, Name newName)
      throws IOException {
    if (oneStore) {
      to.createFile(newName).close();
      from.copyData(name, to, newName);
      return;
    }
    try (InputStream in = from.readFile(name);
        OutputStream out = to.createFile(newName)) {
      in.transferTo(out);
    }
  }

  private void copyAttributes(
      LayerDirectory from, Name name, EntryStat stat, LayerDirectory to, Name newName)
      throws IOException {
    for (String xattr : from.xattrs(name)) {
      if (marks.isMark(xattr) && !LayerCopy.isBoundToPlace(xattr, marks)) {
        Optional<byte[]> value = from.xattr(name, xattr);
        if (value.isPresent()) {
          to.setXattr(newName, xattr, value.get());
        }
      }
    }
    AttributeCopy.copyAttributes(from, name, stat, to, newName, marks);
  }
}
