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

/** Fills an empty directory with what another holds, marks included. */
final class TreeCopy {
  private final MarkNamespace marks;
  private final boolean oneStore;
  private final LayerDirectory linked;
  private final Map<LinkedInode, Name> links = new HashMap<>();

  /** An inode with several names. */
  private record LinkedInode(long device, long inode) {}

  /** The third directory is one beside the copy, for a name of each inode that has several. */
  TreeCopy(MarkNamespace marks, boolean oneStore, LayerDirectory linked) {
    this.marks = marks;
    this.oneStore = oneStore;
    this.linked = linked;
  }

  /** Copies what a directory holds, and then its attributes; both stay open. */
  void copy(LayerDirectory from, LayerDirectory to) throws IOException {
    TreeWalk.run(new DirectoryStep(null, null, Name.SELF, from, to));
  }

  /** Copies what a directory holds, and then its attributes, or its time would not stay. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final LayerDirectory parentOfCopy;
    private final Name name;
    private LayerDirectory from;
    private LayerDirectory to;
    private EntryStat before;
    private EntryCursor entries;

    /** The root has no parents here, and is open. */
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
    public TreeWalk.Step nextStep() throws IOException {
      if (entries == null) {
        begin();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryStat stat = LayerEntries.present(from, entry.name());
        if (stat.isDirectory()) {
          return new DirectoryStep(from, to, entry.name(), null, null);
        }
        copyOther(from, entry.name(), stat, to);
      }
      copyAttributes(from, Name.SELF, before, to, Name.SELF);
      return null;
    }

    private void begin() throws IOException {
      if (parent != null) {
        parentOfCopy.createDirectory(name);
        from = parent.open(name);
        to = parentOfCopy.open(name);
      }
      before = LayerEntries.present(from, Name.SELF);
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

  private void copyOther(LayerDirectory from, Name name, EntryStat stat, LayerDirectory to)
      throws IOException {
    if (stat.isWhiteoutDevice()) {
      // The kernel gives one whiteout many names, more than another file system may take.
      to.createWhiteout(name);
    } else if (stat.links() > 1) {
      link(from, name, stat, to);
    } else {
      copyLeaf(from, name, stat, to, name);
    }
  }

  private void link(LayerDirectory from, Name name, EntryStat stat, LayerDirectory to)
      throws IOException {
    LinkedInode inode = new LinkedInode(stat.device(), stat.inode());
    Name known = links.get(inode);
    if (known == null) {
      known = Name.of(Integer.toString(links.size()));
      copyLeaf(from, name, stat, linked, known);
      links.put(inode, known);
    }
    linked.createLink(known, to, name);
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
      if (marks.isMark(xattr) && !LayerCopy.isOfTheOldPlace(xattr, marks)) {
        Optional<byte[]> value = from.xattr(name, xattr);
        if (value.isPresent()) {
          to.setXattr(newName, xattr, value.get());
        }
      }
    }
    AttributeCopy.copy(from, name, stat, to, newName, marks);
  }
}
