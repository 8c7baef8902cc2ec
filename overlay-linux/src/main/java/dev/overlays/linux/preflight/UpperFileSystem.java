package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.SyscallException;
import java.util.List;
import java.util.Map;

/**
 * The file systems that cannot hold an upper. Sources: ovl_dentry_remote and ovl_dentry_weird in
 * the kernel's fs/overlayfs/util.c, and what each file system is able to store.
 */
final class UpperFileSystem {
  private static final String REMOTE =
      "looks its entries up again at any time, which the kernel does not accept for an upper";
  private static final String NAMES =
      "has its own rules for names, which the kernel does not accept for an upper";
  private static final String READ_ONLY = "can never be written to";
  private static final String NO_FILES = "stores no ordinary files";

  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("9p", REMOTE),
          Map.entry("ceph", REMOTE),
          Map.entry("cifs", REMOTE),
          Map.entry("cramfs", READ_ONLY),
          Map.entry("erofs", READ_ONLY),
          Map.entry("exfat", NAMES),
          Map.entry("fuse", REMOTE),
          Map.entry("gfs2", REMOTE),
          Map.entry("hfsplus", NAMES),
          Map.entry("iso9660", READ_ONLY),
          Map.entry("jfs", NAMES),
          Map.entry("nfs", REMOTE),
          Map.entry("ntfs3", NAMES),
          Map.entry("ocfs2", REMOTE),
          Map.entry("overlay", "cannot be the upper of another overlay, only a lower"),
          Map.entry("proc", NO_FILES),
          Map.entry("smb", REMOTE),
          Map.entry("squashfs", READ_ONLY),
          Map.entry("sysfs", NO_FILES),
          Map.entry("udf", READ_ONLY),
          Map.entry("vfat", NAMES));

  private UpperFileSystem() {}

  /** Returns whether a file system is suitable; adds a problem otherwise. */
  static boolean checkFileSystem(OpenedLayer place, List<Problem> problems) {
    try {
      String name = FileSystemInfo.of(place.handle()).name();
      String reason = REASONS.get(name);
      if (reason == null) {
        return true;
      }
      problems.add(
          Problem.of(
              ProblemCode.UPPER_FILE_SYSTEM_UNSUPPORTED,
              place.path(),
              "The upper is on " + name + ", which " + reason + ".",
              "Put upper and work on a local file system such as ext4, xfs, btrfs or tmpfs; the"
                  + " lowers may stay."));
      return false;
    } catch (SyscallException e) {
      return true;
    }
  }

  /** Returns whether a file system is suitable. */
  static boolean isSuitable(FileSystemInfo fileSystem) {
    return !REASONS.containsKey(fileSystem.name());
  }
}
