package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystem;
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
 * The file systems that hold the layers of this process, asked whether an inode is one of theirs.
 * An overlay has handles of inodes on file systems only that can be asked for them.
 */
public final class OwnDisks implements AutoCloseable {
  private static final byte[] SELF = {'.'};

  private final Map<Long, Descriptor> disks = new LinkedHashMap<>();
  private final Set<String> numbers = new HashSet<>();
  private final OtherDisks others;

  /**
   * What was found of an inode.
   *
   * @param isElsewhere whether it is on none of these file systems
   * @param place where it is, on whatever file system; empty if that cannot be told
   */
  record DiskAnswer(boolean isElsewhere, Optional<DiskPlace> place) {}

  /**
   * Takes directories.
   *
   * @param directories open for reading
   * @throws SyscallException if it cannot be told on which file systems they are
   */
  public OwnDisks(List<Descriptor> directories) throws SyscallException {
    for (Descriptor directory : directories) {
      FileId id = FileId.of(directory);
      if (disks.putIfAbsent(id.device(), directory) == null) {
        numbers.add(DiskPlace.of(directory).map(DiskPlace::device).orElse(deviceNumber(id)));
      }
    }
    this.others = new OtherDisks(numbers);
  }

  /** Whether inodes of a file system are found by their handles; it is named as in mount tables. */
  boolean canSearch(String device) {
    return numbers.contains(device) || others.includesDevice(device);
  }

  /**
   * Returns the number of a file system as mount tables have it; of btrfs they have another.
   *
   * @param file a file on it
   * @return major and minor number
   */
  public static String deviceNumber(FileId file) {
    return (file.device() >>> Integer.SIZE) + ":" + (file.device() & 0xffffffffL);
  }

  /** Whether a layer is on none of these. The subvolumes of one btrfs have many numbers. */
  boolean areOthersThan(FoundLayer layer) {
    try {
      return !disks.containsKey(layer.id().device())
          && FileSystem.of(layer.handle()).magic() != FileSystem.BTRFS;
    } catch (SyscallException e) {
      return false;
    }
  }

  DiskAnswer findInode(RealInode inode) {
    boolean elsewhere = true;
    for (Descriptor disk : disks.values()) {
      try (Descriptor found = inode.handle().open(disk)) {
        return new DiskAnswer(false, DiskPlace.of(found));
      } catch (SyscallException e) {
        elsewhere &= isElsewhere(e.errno(), disk, inode);
      }
    }
    return new DiskAnswer(elsewhere, elsewhere ? others.findInode(inode) : Optional.empty());
  }

  /**
   * A file that was deleted behind the view is not found by its handle either; and without the
   * right to open by handles only the UUID can be asked, which is not told before Linux 6.9, and
   * what handles look like.
   */
  private static boolean isElsewhere(Errno why, Descriptor disk, RealInode inode) {
    Optional<byte[]> own = FileSystemUuid.of(disk);
    boolean told = own.isPresent() && inode.isUuidTold();
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
