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
 * {@code ovl_map_dev_ino}. Used under the lock of the {@link Tree} only.
 */
final class Identities {
  private static final AtomicLong LAST_DEVICE = new AtomicLong();

  private final long view = LAST_DEVICE.incrementAndGet();
  private final boolean oneFileSystem;
  private final Map<Inode, Inode> origins = new HashMap<>();
  private final Map<Long, Long> devices = new HashMap<>();
  private final Map<Inode, Long> directories = new HashMap<>();

  /** An inode of a layer. */
  private record Inode(long device, long number) {
    static Inode of(EntryStat stat) {
      return new Inode(stat.device(), stat.inode());
    }
  }

  /** For layers on these file systems. */
  Identities(Set<Long> fileSystems) {
    oneFileSystem = fileSystems.size() == 1;
  }

  /** Called when the upper has got a new inode: a number may be used again. */
  void created(EntryStat upper) {
    origins.remove(Inode.of(upper));
  }

  /** Called when the upper has got a copy of what is no directory. */
  void copiedUp(EntryStat lower, EntryStat upper) {
    if (lower.links() == 1) {
      origins.put(Inode.of(upper), Inode.of(lower));
    } else {
      created(upper);
    }
  }

  /** What is shown at a place, under the numbers of the view. */
  EntryStat shown(Place place) throws IOException {
    Entry entry = place.present();
    Inode inode = Inode.of(entry.stat());
    if (entry.isDirectory()) {
      return numbered(entry.stat(), entry.inUpper() ? origin(place, inode) : inode);
    }
    return numbered(entry.stat(), entry.inUpper() ? origins.getOrDefault(inode, inode) : inode);
  }

  /** The lower's, but for the root: that of an upper is no copy. */
  private static Inode origin(Place place, Inode upper) throws IOException {
    try {
      Directory directory = place.asDirectory();
      return directory.isRoot() || !directory.isMerged()
          ? upper
          : Inode.of(directory.below().top().stat());
    } catch (AccessDeniedException e) {
      // Who may not look into a directory may ask what it is.
      return upper;
    }
  }

  private EntryStat numbered(EntryStat stat, Inode inode) {
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
