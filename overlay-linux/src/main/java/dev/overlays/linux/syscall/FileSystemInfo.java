package dev.overlays.linux.syscall;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;

/**
 * The file system of a descriptor. Source: statfs(2); magic numbers from the kernel's
 * include/uapi/linux/magic.h and the file systems themselves.
 *
 * @param magic the number of its kind
 * @param id the ID of this file system, as far as the kernel provides one
 * @param readOnly whether the file system, or the mount of the descriptor, is read-only
 */
public record FileSystemInfo(long magic, long id, boolean readOnly) {
  /** The kind {@code btrfs}. */
  public static final long BTRFS = 0x9123683EL;

  /** The kind {@code overlay}. */
  public static final long OVERLAY = 0x794C7630L;

  /** The kind {@code proc}. */
  public static final long PROC = 0x9FA0L;

  /** The kind {@code fuse}, whatever serves it. */
  public static final long FUSE = 0x65735546L;

  private static final long ST_RDONLY = 1;

  private static final Map<Long, String> NAMES =
      Map.ofEntries(
          Map.entry(0x01021997L, "9p"),
          Map.entry(0x6B414653L, "afs"),
          Map.entry(0x5346414FL, "openafs"),
          Map.entry(0x19830326L, "beegfs"),
          Map.entry(0xCA451A4EL, "bcachefs"),
          Map.entry(BTRFS, "btrfs"),
          Map.entry(0x00C36400L, "ceph"),
          Map.entry(0xFF534D42L, "cifs"),
          Map.entry(0xFE534D42L, "cifs"),
          Map.entry(0x517BL, "smb"),
          Map.entry(0x28CD3D45L, "cramfs"),
          Map.entry(0xE0F5E1E2L, "erofs"),
          Map.entry(0x2011BAB0L, "exfat"),
          Map.entry(0xEF53L, "ext4"),
          Map.entry(0xF2F52010L, "f2fs"),
          Map.entry(FUSE, "fuse"),
          Map.entry(0x01161970L, "gfs2"),
          Map.entry(0x47504653L, "gpfs"),
          Map.entry(0x482BL, "hfsplus"),
          Map.entry(0x9660L, "iso9660"),
          Map.entry(0x3153464AL, "jfs"),
          Map.entry(0x0BD00BD0L, "lustre"),
          Map.entry(0x6969L, "nfs"),
          Map.entry(0x7366746EL, "ntfs3"),
          Map.entry(0x7461636FL, "ocfs2"),
          Map.entry(OVERLAY, "overlay"),
          Map.entry(PROC, "proc"),
          Map.entry(0x858458F6L, "ramfs"),
          Map.entry(0x73717368L, "squashfs"),
          Map.entry(0x786F4256L, "vboxsf"),
          Map.entry(0x62656572L, "sysfs"),
          Map.entry(0x01021994L, "tmpfs"),
          Map.entry(0x15013346L, "udf"),
          Map.entry(0x4D44L, "vfat"),
          Map.entry(0x58465342L, "xfs"),
          Map.entry(0x2FC12FC1L, "zfs"));

  /**
   * Asks the kernel.
   *
   * @param descriptor an open descriptor
   * @return which file system it is on
   * @throws SyscallException if that cannot be told
   */
  public static FileSystemInfo of(Descriptor descriptor) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      ByteBuffer statfs = callStatfs(scratch, descriptor);
      return new FileSystemInfo(
          statfs.getLong(0) & 0xFFFFFFFFL,
          statfs.getLong(56),
          (statfs.getLong(80) & ST_RDONLY) != 0);
    }
  }

  private static ByteBuffer callStatfs(ScratchMemory scratch, Descriptor descriptor)
      throws SyscallException {
    descriptor.callOn(Syscall.FSTATFS, scratch.structPointer());
    return scratch.structBuffer();
  }

  /**
   * Returns the flags of the mount of a descriptor.
   *
   * @param descriptor an open descriptor
   * @return the ST_* bits; {@code ST_RDONLY} is set if the mount or the file system is read-only
   * @throws SyscallException if that cannot be told
   */
  public static long mountFlags(Descriptor descriptor) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return callStatfs(scratch, descriptor).getLong(80);
    }
  }

  /**
   * Returns how much space is left.
   *
   * @param descriptor an open descriptor
   * @return the bytes that this process may still use; {@link Long#MAX_VALUE} where the kernel
   *     reports no limit
   * @throws SyscallException if that cannot be told
   */
  public static long freeSpace(Descriptor descriptor) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      ByteBuffer statfs = callStatfs(scratch, descriptor);
      if (statfs.getLong(16) == 0) {
        // A file system without a size, such as ramfs.
        return Long.MAX_VALUE;
      }
      // The unit is the fragment size where there is one: FUSE reports both sizes.
      long block = statfs.getLong(72) == 0 ? statfs.getLong(8) : statfs.getLong(72);
      long blocks = statfs.getLong(32);
      return blocks > Long.MAX_VALUE / block ? Long.MAX_VALUE : blocks * block;
    }
  }

  /**
   * Returns the usual name of this kind of file system.
   *
   * @return its name; its number if the name is unknown
   */
  public String name() {
    String name = NAMES.get(magic);
    return name != null ? name : String.format(Locale.ROOT, "file system 0x%X", magic);
  }
}
