package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.FileSystemUuid;
import dev.overlays.linux.syscall.InodeHandle;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The file systems that hold the layers of this process, searched for inodes by file handles. The
 * inodes of an overlay's layers have handles only on file systems that can open them.
 */
public final class LayerFileSystems implements AutoCloseable {
  private static final byte[] SELF = {'.'};

  private final Map<Long, Descriptor> disks = new LinkedHashMap<>();
  private final Set<String> numbers = new HashSet<>();
  private final OtherFileSystems others;

  /**
   * The result of a search for an inode.
   *
   * @param isElsewhere whether it is on none of these file systems
   * @param place its place, on any file system; empty if it is unknown
   */
  record DiskAnswer(boolean isElsewhere, Optional<FileSystemPlace> place) {}

  /**
   * Collects the file systems of some directories.
   *
   * @param directories open for reading
   * @throws SyscallException if their file systems cannot be determined
   */
  public LayerFileSystems(List<Descriptor> directories) throws SyscallException {
    for (Descriptor directory : directories) {
      FileId id = FileId.of(directory);
      if (disks.putIfAbsent(id.device(), directory) == null) {
        numbers.add(
            FileSystemPlace.of(directory).map(FileSystemPlace::device).orElse(deviceNumber(id)));
      }
    }
    this.others = new OtherFileSystems(numbers);
  }

  /**
   * Whether inodes of a file system, given by its device number in mount tables, can be found by
   * their handles.
   */
  boolean canSearch(String device) {
    return numbers.contains(device) || others.includesDevice(device);
  }

  /**
   * Returns the device number of a file system as in mount tables, except that btrfs has another
   * number there.
   *
   * @param file a file on it
   * @return major and minor number
   */
  public static String deviceNumber(FileId file) {
    return (file.device() >>> Integer.SIZE) + ":" + (file.device() & 0xffffffffL);
  }

  /**
   * Whether a layer is on none of these disks. A btrfs never counts as such, since each of its
   * subvolumes has a number of its own.
   */
  boolean isOnOtherDisk(FoundLayer layer) {
    try {
      return !disks.containsKey(layer.id().device())
          && FileSystemInfo.of(layer.handle()).magic() != FileSystemInfo.BTRFS;
    } catch (SyscallException e) {
      return false;
    }
  }

  DiskAnswer findInode(RealInode inode) {
    boolean elsewhere = true;
    for (Descriptor disk : disks.values()) {
      try (Descriptor found = inode.handle().open(disk)) {
        return new DiskAnswer(false, FileSystemPlace.of(found));
      } catch (SyscallException e) {
        elsewhere &= isElsewhere(e.errno(), disk, inode);
      }
    }
    return new DiskAnswer(elsewhere, elsewhere ? others.findInode(inode) : Optional.empty());
  }

  /**
   * Decides whether an inode that cannot be opened is on another disk. A file that was deleted
   * behind the view cannot be opened by its handle either. Without the right to open handles, only
   * the UUID, which Linux returns from 6.9 on, and the form of handles can be compared.
   */
  private static boolean isElsewhere(Errno why, Descriptor disk, RealInode inode) {
    Optional<byte[]> own = FileSystemUuid.of(disk);
    boolean told = own.isPresent() && inode.hasUuid();
    if (told) {
      return !new String(own.get(), StandardCharsets.ISO_8859_1).equals(inode.uuid());
    }
    return why == Errno.ESTALE
        || why == Errno.EOPNOTSUPP
        || InodeHandle.handleAt(disk, SELF).filter(inode.handle()::isOfForm).isEmpty();
  }

  @Override
  public void close() {
    others.close();
  }
}
