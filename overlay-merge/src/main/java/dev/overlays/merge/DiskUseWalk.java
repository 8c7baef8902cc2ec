package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Goes through a layer, and keeps in memory only which inodes have names that are still to come.
 */
final class DiskUseWalk {
  private final Map<CountedInode, Long> namesToCome = new HashMap<>();
  private long allocated;
  private long apparent;
  private long inodes;
  private long whiteouts;

  private record CountedInode(long device, long number) {}

  DiskUse measureTree(LayerDirectory root) throws IOException {
    countBlocks(LayerEntries.present(root, Name.SELF));
    TreeWalk.run(new DirectoryStep(null, Name.SELF, null, root));
    return new DiskUse(allocated, apparent, inodes, whiteouts);
  }

  /** Counts what is in a directory. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final EntryStat stat;
    private LayerDirectory directory;
    private EntryCursor entries;

    /** The root, which has no parent here, is open and stays so. */
    DirectoryStep(LayerDirectory parent, Name name, EntryStat stat, LayerDirectory directory) {
      this.parent = parent;
      this.name = name;
      this.stat = stat;
      this.directory = directory;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      try {
        return next();
      } catch (NoSuchFileException | NotDirectoryException e) {
        if (parent == null || parent.stat(name).filter(stat::sameInode).isPresent()) {
          throw e;
        }
        // Removed meanwhile.
        return null;
      }
    }

    private TreeWalk.Step next() throws IOException {
      if (entries == null) {
        directory = directory == null ? parent.open(name) : directory;
        entries = directory.entries();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        Optional<EntryStat> inner = directory.stat(entry.name());
        if (inner.isPresent() && isDirectory(directory, entry.name(), inner.get())) {
          return new DirectoryStep(directory, entry.name(), inner.get(), null);
        }
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      if (parent != null && directory != null) {
        directory.close();
      }
    }
  }

  /** Counts an entry, and tells whether there is more in it. */
  private boolean isDirectory(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    try {
      measureEntry(directory, name, stat);
      return stat.isDirectory();
    } catch (NoSuchFileException | NotDirectoryException e) {
      if (directory.stat(name).filter(stat::sameInode).isPresent()) {
        throw e;
      }
      return false;
    }
  }

  private void measureEntry(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    if (isWhiteout(directory, name, stat)) {
      whiteouts++;
      if (isFirstName(stat)) {
        allocated += stat.allocated();
      }
    } else if (stat.isDirectory() || isFirstName(stat)) {
      countBlocks(stat);
    }
  }

  private void countBlocks(EntryStat stat) {
    inodes++;
    allocated += stat.allocated();
    if (stat.type() == EntryType.FILE || stat.type() == EntryType.SYMLINK) {
      apparent += stat.size();
    }
  }

  private boolean isFirstName(EntryStat stat) {
    if (stat.links() <= 1) {
      return true;
    }
    CountedInode inode = new CountedInode(stat.device(), stat.inode());
    Long left = namesToCome.get(inode);
    if (left == null) {
      namesToCome.put(inode, stat.links() - 1);
    } else if (left == 1) {
      namesToCome.remove(inode);
    } else {
      namesToCome.put(inode, left - 1);
    }
    return left == null;
  }

  /** In either namespace: how the layer is mounted is not known here. */
  private static boolean isWhiteout(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    if (stat.type() != EntryType.FILE || stat.size() > 0) {
      return stat.isWhiteoutDevice();
    }
    List<String> xattrs = directory.xattrs(name);
    return xattrs.contains(Mark.WHITEOUT.xattr(MarkNamespace.TRUSTED))
        || xattrs.contains(Mark.WHITEOUT.xattr(MarkNamespace.USER));
  }
}
