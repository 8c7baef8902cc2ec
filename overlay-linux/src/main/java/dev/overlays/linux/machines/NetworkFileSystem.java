package dev.overlays.linux.machines;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * A file system that several machines may have mounted at once.
 *
 * <p>Sources for who carries byte-range locks: nfs(5), "local_lock"; the kernel's
 * Documentation/filesystems/ for ceph, gfs2, ocfs2 and afs; mount.cifs(8), "nobrl"; Lustre's
 * Operations Manual, "flock"; the FUSE programs' own manuals. A server or a mount option may say
 * otherwise, which no call tells.
 *
 * @param type its type as mount tables have it, such as {@code nfs} or {@code fuse.glusterfs}
 * @param carriesLocks whether byte-range locks are usually seen by the other machines
 */
record NetworkFileSystem(String type, boolean carriesLocks) {
  /**
   * The system property that names more types, separated by commas: those of FUSE programs that are
   * not known here, or of a disk that machines share.
   */
  static final String MORE = "dev.overlays.sharedFileSystems";

  private static final Map<String, Boolean> TYPES =
      Map.ofEntries(
          // QEMU's server grants every lock without asking the others.
          Map.entry("9p", false),
          Map.entry("afs", true),
          // Only with tuneUseGlobalFileLocks.
          Map.entry("beegfs", true),
          Map.entry("ceph", true),
          Map.entry("cifs", true),
          Map.entry("gfs2", true),
          Map.entry("gpfs", true),
          // Only when it is mounted with "flock"; otherwise a lock fails.
          Map.entry("lustre", true),
          Map.entry("nfs", true),
          Map.entry("ocfs2", true),
          // Locks of bytes stay on the machine.
          Map.entry("openafs", false),
          Map.entry("smb", true),
          Map.entry("vboxsf", false),
          Map.entry("virtiofs", false),
          Map.entry("fuse.ceph", true),
          Map.entry("fuse.ceph-fuse", true),
          Map.entry("fuse.curlftpfs", false),
          Map.entry("fuse.glusterfs", true),
          Map.entry("fuse.goofys", false),
          Map.entry("fuse.juicefs", true),
          Map.entry("fuse.mfs", true),
          Map.entry("fuse.moosefs", true),
          Map.entry("fuse.rclone", false),
          Map.entry("fuse.s3fs", false),
          Map.entry("fuse.seaweedfs", false),
          Map.entry("fuse.sshfs", false),
          Map.entry("fuse.vmhgfs-fuse", false));

  /**
   * Tells whether a directory is on one.
   *
   * @return its file system; empty if only this machine has it
   */
  static Optional<NetworkFileSystem> of(Descriptor directory) {
    try {
      FileSystemInfo info = FileSystemInfo.of(directory);
      return ofType(info.magic() == FileSystemInfo.FUSE ? mountType(directory, info) : info.name());
    } catch (IOException e) {
      // Whoever works on the directory meets the same failure.
      return Optional.empty();
    }
  }

  /** Whether machines that have a directory see each other's locks of bytes. */
  static boolean carriesLocksOf(Descriptor directory) {
    Optional<NetworkFileSystem> fileSystem = of(directory);
    return fileSystem.isPresent() && fileSystem.get().carriesLocks;
  }

  private static Optional<NetworkFileSystem> ofType(String type) {
    Boolean known = TYPES.get(type);
    return known != null
        ? Optional.of(new NetworkFileSystem(type, known))
        : isNamed(type) ? Optional.of(new NetworkFileSystem(type, true)) : Optional.empty();
  }

  private static boolean isNamed(String type) {
    String more = System.getProperty(MORE, "");
    return !more.isEmpty()
        && Arrays.stream(more.split(",", -1)).map(String::strip).anyMatch(type::equals);
  }

  /** What is behind FUSE only the mount tells. */
  private static String mountType(Descriptor directory, FileSystemInfo info) throws IOException {
    return MountTable.findMount(FileId.of(directory)).map(MountRecord::fsType).orElse(info.name());
  }
}
