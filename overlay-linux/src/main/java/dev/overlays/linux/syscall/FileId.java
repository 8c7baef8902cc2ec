package dev.overlays.linux.syscall;

import java.nio.ByteBuffer;

/**
 * Which file a descriptor leads to, and by which mount. Source: statx(2).
 *
 * @param mode type and permission bits, as in {@code st_mode}
 * @param device the number of the file system
 * @param inode the number of the file in it
 * @param mountId the ID of the mount; see {@link #uniqueMountId()}
 * @param uniqueMountId whether that ID is never given again (Linux 6.8 and later), rather than the
 *     one that mount tables have; 0 where the kernel tells neither (before 5.8)
 * @param mountRoot whether it is the root of that mount
 */
public record FileId(
    int mode, long device, long inode, long mountId, boolean uniqueMountId, boolean mountRoot) {

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int TYPE_MODE_INO = 0x1 | 0x2 | 0x100;
  private static final int MNT_ID = 0x1000;
  private static final int MNT_ID_UNIQUE = 0x4000;
  private static final int ATTR_MOUNT_ROOT = 0x2000;
  private static final int S_IFMT = 0xf000;
  private static final int S_IFDIR = 0x4000;

  /**
   * Asks the kernel.
   *
   * @param descriptor an open descriptor
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId of(Descriptor descriptor) throws SyscallException {
    return of(descriptor.number(), new byte[0], AT_EMPTY_PATH, MNT_ID_UNIQUE);
  }

  /**
   * Asks the kernel for the ID that mount tables have.
   *
   * @param descriptor an open descriptor
   * @return which file it leads to, with the mount ID of mount tables
   * @throws SyscallException if that cannot be told
   */
  public static FileId withTableId(Descriptor descriptor) throws SyscallException {
    return of(descriptor.number(), new byte[0], AT_EMPTY_PATH, MNT_ID);
  }

  /**
   * Asks the kernel about a path; symbolic links are followed.
   *
   * @param path the bytes of an absolute path
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId of(byte[] path) throws SyscallException {
    return of(Kernel.AT_FDCWD, path, 0, MNT_ID_UNIQUE);
  }

  /**
   * Asks the kernel about a path for the ID that mount tables have; symbolic links are followed.
   *
   * @param path the bytes of an absolute path
   * @return which file it leads to, with the mount ID of mount tables
   * @throws SyscallException if that cannot be told
   */
  public static FileId withTableId(byte[] path) throws SyscallException {
    return of(Kernel.AT_FDCWD, path, 0, MNT_ID);
  }

  /**
   * Asks the kernel about what is at a relative path; symbolic links are followed.
   *
   * @param directory a descriptor
   * @param path the bytes of the path
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId at(Descriptor directory, byte[] path) throws SyscallException {
    return of(directory.number(), path, 0, MNT_ID_UNIQUE);
  }

  private static FileId of(int directory, byte[] path, int flags, int idMask)
      throws SyscallException {
    Scratch scratch = Scratch.get();
    long name = scratch.string(path);
    Kernel.call(Syscall.STATX, directory, name, flags, TYPE_MODE_INO | idMask, scratch.struct());
    ByteBuffer statx = scratch.structBuffer();
    long device = ((long) statx.getInt(136) << 32) | (statx.getInt(140) & 0xffffffffL);
    return new FileId(
        statx.getShort(28) & 0xffff,
        device,
        statx.getLong(32),
        statx.getLong(144),
        (statx.getInt(0) & MNT_ID_UNIQUE) != 0,
        (statx.getLong(8) & ATTR_MOUNT_ROOT) != 0);
  }

  /**
   * Tells whether the mount that this is of is what is seen at a path: not one below it, or another
   * that was mounted there later.
   *
   * @param path the bytes of an absolute path
   * @return whether its root is there
   */
  public boolean isMountedAt(byte[] path) {
    try {
      FileId there = uniqueMountId ? of(path) : withTableId(path);
      return there.mountId == mountId && there.mountRoot;
    } catch (SyscallException e) {
      return false;
    }
  }

  /**
   * Tells whether it is a directory.
   *
   * @return whether it is
   */
  public boolean isDirectory() {
    return (mode & S_IFMT) == S_IFDIR;
  }

  /**
   * Tells whether this and another are the same file, possibly seen through different mounts.
   *
   * @param other another file
   * @return whether they are
   */
  public boolean sameFile(FileId other) {
    return device == other.device && inode == other.inode;
  }
}
