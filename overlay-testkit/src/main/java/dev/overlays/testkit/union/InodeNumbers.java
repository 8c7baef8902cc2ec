package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The device and inode numbers that a view shows. A copy keeps the inode number of the lower's
 * entry, unless the lower's file has several names: then each name gets its own copy with its own
 * number. If all layers are on one file system, every entry has the view's device number. Otherwise
 * each file system has a device number in the view, and the view numbers directories itself,
 * because they may span file systems. Copies of an earlier view are not recognized, because the
 * origin marks hold file handles, which not every store has. Source: the kernel's
 * fs/overlayfs/inode.c, {@code ovl_getattr} and {@code ovl_map_dev_ino}. Guarded by the lock of the
 * {@link UnionTree}.
 */
final class InodeNumbers {
  private static final AtomicLong LAST_DEVICE = new AtomicLong();

  private final long view = LAST_DEVICE.incrementAndGet();
  private final boolean oneFileSystem;
  private final Map<LayerInode, LayerInode> origins = new HashMap<>();
  private final Map<Long, Long> devices = new HashMap<>();
  private final Map<LayerInode, Long> directories = new HashMap<>();

  /** An inode of a layer. */
  private record LayerInode(long device, long number) {
    static LayerInode of(EntryStat stat) {
      return new LayerInode(stat.device(), stat.inode());
    }
  }

  /** Creates the numbers for layers on the given file systems. */
  InodeNumbers(Set<Long> fileSystems) {
    oneFileSystem = fileSystems.size() == 1;
  }

  /** Called when an inode was created in the upper: it may reuse the number of an earlier one. */
  void inodeCreated(LayerDirectory directory, Name name) throws IOException {
    if (!origins.isEmpty()) {
      origins.remove(LayerInode.of(LayerEntries.requireStat(directory, name)));
    }
  }

  /** Called when an entry other than a directory was copied up. */
  void copiedUp(EntryStat lower, EntryStat upper) {
    if (lower.links() == 1) {
      origins.put(LayerInode.of(upper), LayerInode.of(lower));
    } else {
      origins.remove(LayerInode.of(upper));
    }
  }

  /** Returns the attributes of the entry at a place, with the numbers of the view. */
  EntryStat shownStat(ResolvedPath place) throws IOException {
    ViewEntry entry = place.requireEntry();
    LayerInode inode = LayerInode.of(entry.stat());
    if (entry.isDirectory()) {
      return withNumbers(entry.stat(), entry.inUpper() ? originOf(place, inode) : inode);
    }
    return withNumbers(entry.stat(), entry.inUpper() ? origins.getOrDefault(inode, inode) : inode);
  }

  /** Returns the lower's inode; the upper's for the root, which is no copy. */
  private static LayerInode originOf(ResolvedPath place, LayerInode upper) throws IOException {
    try {
      ViewDirectory directory = place.asDirectory();
      return directory.isRoot() || !directory.isMerged()
          ? upper
          : LayerInode.of(directory.mergedBelow().topEntry().stat());
    } catch (AccessDeniedException e) {
      // The caller may stat a directory without the right to search it.
      return upper;
    }
  }

  private EntryStat withNumbers(EntryStat stat, LayerInode inode) {
    if (oneFileSystem) {
      return withNumbers(stat, view, inode.number);
    }
    if (stat.isDirectory()) {
      long next = directories.size() + 1L;
      return withNumbers(stat, view, directories.computeIfAbsent(inode, unknown -> next));
    }
    long device = devices.computeIfAbsent(inode.device, unknown -> LAST_DEVICE.incrementAndGet());
    return withNumbers(stat, device, inode.number);
  }

  private static EntryStat withNumbers(EntryStat stat, long device, long inode) {
    return new EntryStat(
        stat.type(),
        stat.mode(),
        stat.owner(),
        stat.group(),
        stat.size(),
        stat.allocated(),
        stat.links(),
        device,
        inode,
        stat.deviceMajor(),
        stat.deviceMinor(),
        stat.accessed(),
        stat.modified(),
        stat.immutable(),
        stat.appendOnly());
  }
}
