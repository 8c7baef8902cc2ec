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
  private final Map<Inode, Long> namesToCome = new HashMap<>();
  private long allocated;
  private long apparent;
  private long inodes;
  private long whiteouts;

  private record Inode(long device, long number) {}

  DiskUse measure(LayerDirectory root) throws IOException {
    count(LayerEntries.present(root, Name.SELF));
    walk(root);
    return new DiskUse(allocated, apparent, inodes, whiteouts);
  }

  private void walk(LayerDirectory directory) throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      Optional<EntryStat> stat = directory.stat(entry.name());
      if (stat.isPresent()) {
        try {
          entry(directory, entry.name(), stat.get());
        } catch (NoSuchFileException | NotDirectoryException e) {
          if (directory.stat(entry.name()).filter(stat.get()::sameInode).isPresent()) {
            throw e;
          }
        }
      }
    }
  }

  private void entry(LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    if (isWhiteout(directory, name, stat)) {
      whiteouts++;
      if (isFirstName(stat)) {
        allocated += stat.allocated();
      }
    } else if (stat.isDirectory()) {
      count(stat);
      try (LayerDirectory inner = directory.open(name)) {
        walk(inner);
      }
    } else if (isFirstName(stat)) {
      count(stat);
    }
  }

  private void count(EntryStat stat) {
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
    Inode inode = new Inode(stat.device(), stat.inode());
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
