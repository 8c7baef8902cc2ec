package dev.overlays.linux.syscall;

import java.nio.ByteBuffer;

/**
 * The identity of a file, and of the mount by which it was reached. Source: statx(2); {@link
 * DescriptorInfo} where that returns nothing about the mount.
 *
 * @param mode type and permission bits, as in {@code st_mode}
 * @param device the number of the file system
 * @param inode the inode number of the file in it
 * @param mountId the ID of the mount; see {@link #uniqueMountId()}
 * @param uniqueMountId whether that ID is never reused (Linux 6.8 and later); otherwise it is the
 *     one of mount tables
 * @param tableId the ID that mount tables use; 0 if it is not known yet, which happens only where
 *     statmount(2) can be asked for it
 * @param mountRoot whether the file is the root of that mount; for other files than directories
 *     known only from Linux 5.8 on
 */
public record FileId(
    int mode,
    long device,
    long inode,
    long mountId,
    boolean uniqueMountId,
    long tableId,
    boolean mountRoot) {

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int TYPE_MODE_INO = 0x1 | 0x2 | 0x100;
  private static final int MNT_ID = 0x1000;
  private static final int MNT_ID_UNIQUE = 0x4000;
  private static final int UID = 0x8;
  private static final int OWNER = 20;
  private static final int ATTR_MOUNT_ROOT = 0x2000;
  private static final int S_IFMT = 0xf000;
  private static final int S_IFDIR = 0x4000;
  private static final byte[] SELF = {};

  /** Whether the mount data of statx(2) is used; tests turn this off to imitate older kernels. */
  static volatile boolean mountsTold = true;

  /**
   * Asks the kernel.
   *
   * @param descriptor an open descriptor
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId of(Descriptor descriptor) throws SyscallException {
    return of(descriptor, MNT_ID_UNIQUE);
  }

  /**
   * Identifies the file of a descriptor, with the mount ID that mount tables use.
   *
   * @param descriptor an open descriptor
   * @return which file it leads to, with the mount ID of mount tables
   * @throws SyscallException if that cannot be told
   */
  public static FileId withTableId(Descriptor descriptor) throws SyscallException {
    return of(descriptor, MNT_ID);
  }

  /**
   * Identifies the file at a path; symbolic links are followed.
   *
   * @param path the bytes of an absolute path
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId of(byte[] path) throws SyscallException {
    return of(path, MNT_ID_UNIQUE);
  }

  /**
   * Identifies the file at a path, with the mount ID that mount tables use; symbolic links are
   * followed.
   *
   * @param path the bytes of an absolute path
   * @return which file it leads to, with the mount ID of mount tables
   * @throws SyscallException if that cannot be told
   */
  public static FileId withTableId(byte[] path) throws SyscallException {
    return of(path, MNT_ID);
  }

  /**
   * Identifies the file at a relative path; symbolic links are followed.
   *
   * @param directory a descriptor
   * @param path the bytes of the path
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId idAt(Descriptor directory, byte[] path) throws SyscallException {
    try (Descriptor opened = directory.openAt(path, OpenFlags.PATH)) {
      return of(opened, MNT_ID_UNIQUE);
    }
  }

  /**
   * Returns the owner of a file.
   *
   * @param descriptor an open descriptor
   * @return the user ID
   * @throws SyscallException if that cannot be told
   */
  public static long ownerOf(Descriptor descriptor) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long self = scratch.putString(SELF);
      long result =
          descriptor.attemptOn(Syscall.STATX, self, AT_EMPTY_PATH, UID, scratch.structPointer(), 0);
      Kernel.requireSuccess(Syscall.STATX, result);
      return Integer.toUnsignedLong(scratch.structBuffer().getInt(OWNER));
    }
  }

  /** Identifies a file without its mount. */
  static FileId withoutMount(Descriptor descriptor) throws SyscallException {
    return callStatx(descriptor, 0).id();
  }

  private static FileId of(byte[] path, int idMask) throws SyscallException {
    StatAnswer told;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      told =
          parseAnswer(
              scratch,
              Kernel.attempt(
                  Syscall.STATX,
                  Kernel.AT_FDCWD,
                  scratch.putString(path),
                  0,
                  TYPE_MODE_INO | idMask,
                  scratch.structPointer(),
                  0));
    }
    if (told.ofMount() && !told.id().lacksTableId()) {
      return told.id();
    }
    try (Descriptor opened = Descriptor.open(path, OpenFlags.PATH)) {
      return of(opened, idMask);
    }
  }

  private static FileId of(Descriptor descriptor, int idMask) throws SyscallException {
    StatAnswer told = callStatx(descriptor, idMask);
    if (told.ofMount()) {
      return told.id().lacksTableId() ? told.id().withTableIdOf(descriptor) : told.id();
    }
    FileId seen = told.id().withMount(DescriptorInfo.mountId(descriptor), false);
    boolean root = seen.isDirectory() && DescriptorInfo.isMountRoot(seen, descriptor);
    return seen.withMount(seen.mountId, root);
  }

  /** Whether only the unique mount ID is known, which mount tables do not contain. */
  private boolean lacksTableId() {
    return uniqueMountId && !CallProbe.mayUse(Syscall.STATMOUNT);
  }

  private FileId withTableIdOf(Descriptor descriptor) throws SyscallException {
    long id = of(descriptor, MNT_ID).tableId;
    return new FileId(mode, device, inode, mountId, uniqueMountId, id, mountRoot);
  }

  private FileId withMount(long tableId, boolean root) {
    return new FileId(mode, device, inode, tableId, false, tableId, root);
  }

  /** The result of statx(2), and whether it includes the mount. */
  private record StatAnswer(FileId id, boolean ofMount) {}

  private static StatAnswer callStatx(Descriptor descriptor, int idMask) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long self = scratch.putString(SELF);
      int wanted = TYPE_MODE_INO | idMask;
      return parseAnswer(
          scratch,
          descriptor.attemptOn(
              Syscall.STATX, self, AT_EMPTY_PATH, wanted, scratch.structPointer(), 0));
    }
  }

  private static StatAnswer parseAnswer(ScratchMemory scratch, long result)
      throws SyscallException {
    Kernel.requireSuccess(Syscall.STATX, result);
    ByteBuffer statx = scratch.structBuffer();
    if ((statx.getInt(0) & TYPE_MODE_INO) != TYPE_MODE_INO) {
      throw new SyscallException(Syscall.STATX, "type, mode and inode of a file");
    }
    return new StatAnswer(fromResult(statx), tellsMount(statx));
  }

  /** A translator may set the flag for the mount ID and leave the ID at 0. */
  private static boolean tellsMount(ByteBuffer statx) {
    return mountsTold
        && (statx.getInt(0) & (MNT_ID | MNT_ID_UNIQUE)) != 0
        && statx.getLong(144) != 0
        && (statx.getLong(56) & ATTR_MOUNT_ROOT) != 0;
  }

  private static FileId fromResult(ByteBuffer statx) {
    long device = ((long) statx.getInt(136) << 32) | (statx.getInt(140) & 0xffffffffL);
    long mountId = statx.getLong(144);
    boolean unique = (statx.getInt(0) & MNT_ID_UNIQUE) != 0;
    return new FileId(
        statx.getShort(28) & 0xffff,
        device,
        statx.getLong(32),
        mountId,
        unique,
        unique ? 0 : mountId,
        (statx.getLong(8) & ATTR_MOUNT_ROOT) != 0);
  }

  /**
   * Returns whether the mount of this file is the topmost one at a path: neither covered by another
   * mount nor replaced by one.
   *
   * @param path the bytes of an absolute path
   * @return whether the path leads to the root of that mount
   */
  public boolean isMountedAt(byte[] path) {
    try {
      FileId there = uniqueMountId ? of(path) : withTableId(path);
      return there.isOnSameMount(this)
          && there.mountRoot
          && (uniqueMountId || mayBeSameMount(there));
    } catch (SyscallException e) {
      return false;
    }
  }

  /**
   * Before Linux 6.8 a new mount may get the ID of one that is gone. The root of another file
   * system is another file, so it is told apart; the same overlay mounted again is taken for the
   * old mount.
   */
  private boolean mayBeSameMount(FileId there) {
    return inode == 0 || isSameFile(there);
  }

  /**
   * Returns whether this and another file were reached by the same mount.
   *
   * @param other another file, identified with the same kind of mount ID
   * @return whether they are
   */
  public boolean isOnSameMount(FileId other) {
    return mountId == other.mountId && uniqueMountId == other.uniqueMountId;
  }

  /**
   * Returns whether this is a directory.
   *
   * @return whether it is
   */
  public boolean isDirectory() {
    return (mode & S_IFMT) == S_IFDIR;
  }

  /**
   * Returns whether this and another are the same file, possibly reached by different mounts.
   *
   * @param other another file
   * @return whether they are
   */
  public boolean isSameFile(FileId other) {
    return device == other.device && inode == other.inode;
  }
}
