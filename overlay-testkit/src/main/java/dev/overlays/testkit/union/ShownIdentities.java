package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The device and inode numbers that a view shows. What is copied up keeps the number of the lower's
 * entry, but for a file that has more names there: each of these gets a copy, with a number of its
 * own. The device is the view's where all layers are on one file system; elsewhere each file system
 * has a number in the view, and directories, which may be on several, are counted by the view. What
 * an earlier view has copied up is not known to be a copy: the marks for that hold file handles,
 * which not every store has. Source: the kernel's fs/overlayfs/inode.c, {@code ovl_getattr} and
 * {@code ovl_map_dev_ino}. Used under the lock of the {@link UnionTree} only.
 */
final class ShownIdentities {
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

  /** For layers on these file systems. */
  ShownIdentities(Set<Long> fileSystems) {
    oneFileSystem = fileSystems.size() == 1;
  }

  /** Called when the upper has got a new inode: a number may be used again. */
  void created(EntryStat upper) {
    origins.remove(LayerInode.of(upper));
  }

  /** Called when the upper has got a copy of what is no directory. */
  void copiedUp(EntryStat lower, EntryStat upper) {
    if (lower.links() == 1) {
      origins.put(LayerInode.of(upper), LayerInode.of(lower));
    } else {
      created(upper);
    }
  }

  /** What is shown at a place, under the numbers of the view. */
  EntryStat shown(ResolvedPlace place) throws IOException {
    UnionEntry entry = place.present();
    LayerInode inode = LayerInode.of(entry.stat());
    if (entry.isDirectory()) {
      return numbered(entry.stat(), entry.inUpper() ? origin(place, inode) : inode);
    }
    return numbered(entry.stat(), entry.inUpper() ? origins.getOrDefault(inode, inode) : inode);
  }

  /** The lower's, but for the root: that of an upper is no copy. */
  private static LayerInode origin(ResolvedPlace place, LayerInode upper) throws IOException {
    try {
      UnionDirectory directory = place.asDirectory();
      return directory.isRoot() || !directory.isMerged()
          ? upper
          : LayerInode.of(directory.below().top().stat());
    } catch (AccessDeniedException e) {
      // Who may not look into a directory may ask what it is.
      return upper;
    }
  }

  private EntryStat numbered(EntryStat stat, LayerInode inode) {
    if (oneFileSystem) {
      return numbered(stat, view, inode.number);
    }
    if (stat.isDirectory()) {
      long next = directories.size() + 1L;
      return numbered(stat, view, directories.computeIfAbsent(inode, unknown -> next));
    }
    long device = devices.computeIfAbsent(inode.device, unknown -> LAST_DEVICE.incrementAndGet());
    return numbered(stat, device, inode.number);
  }

  private static EntryStat numbered(EntryStat stat, long device, long inode) {
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
