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

/** Walks through a layer. Keeps in memory only the inodes of which more names are expected. */
final class DiskUseWalk {
  private final Map<InodeNumber, Long> namesToCome = new HashMap<>();
  private long allocated;
  private long apparent;
  private long inodes;
  private long whiteouts;

  private record InodeNumber(long device, long number) {}

  DiskUse measureLayer(LayerDirectory root) throws IOException {
    countInode(LayerEntries.requireStat(root, Name.SELF));
    TreeWalk.run(new DirectoryStep(null, Name.SELF, null, root));
    return new DiskUse(allocated, apparent, inodes, whiteouts);
  }

  /** Counts the entries of a directory. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final EntryStat stat;
    private LayerDirectory directory;
    private EntryCursor entries;

    /** The root has no parent here. It is open, and stays open. */
    DirectoryStep(LayerDirectory parent, Name name, EntryStat stat, LayerDirectory directory) {
      this.parent = parent;
      this.name = name;
      this.stat = stat;
      this.directory = directory;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      try {
        return countListed();
      } catch (NoSuchFileException | NotDirectoryException e) {
        if (parent == null || parent.stat(name).filter(stat::sameInode).isPresent()) {
          throw e;
        }
        // The directory was removed meanwhile.
        return null;
      }
    }

    private TreeWalk.WalkStep countListed() throws IOException {
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

  /** Counts an entry, and returns whether it is a directory. */
  private boolean isDirectory(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    try {
      countEntry(directory, name, stat);
      return stat.isDirectory();
    } catch (NoSuchFileException | NotDirectoryException e) {
      if (directory.stat(name).filter(stat::sameInode).isPresent()) {
        throw e;
      }
      return false;
    }
  }

  private void countEntry(LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    if (isWhiteout(directory, name, stat)) {
      whiteouts++;
      if (isFirstName(stat)) {
        allocated += stat.allocated();
      }
    } else if (stat.isDirectory() || isFirstName(stat)) {
      countInode(stat);
    }
  }

  private void countInode(EntryStat stat) {
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
    InodeNumber inode = new InodeNumber(stat.device(), stat.inode());
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

  /** Checks both namespaces, since it is unknown how the layer is mounted. */
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
