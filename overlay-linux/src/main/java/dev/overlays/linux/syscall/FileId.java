package dev.overlays.linux.syscall;

import java.nio.ByteBuffer;

/**
 * Which file a descriptor leads to, and by which mount. Source: statx(2); where that tells nothing
 * of the mount, {@link DescriptorInfo}.
 *
 * @param mode type and permission bits, as in {@code st_mode}
 * @param device the number of the file system
 * @param inode the number of the file in it
 * @param mountId the ID of the mount; see {@link #uniqueMountId()}
 * @param uniqueMountId whether that ID is never given again (Linux 6.8 and later), rather than the
 *     one that mount tables have
 * @param tableId the ID that mount tables have, where it is known without asking for more: always
 *     where statmount(2) cannot be asked for it; otherwise 0
 * @param mountRoot whether it is the root of that mount; of what is no directory only where
 *     statx(2) tells (5.8 and later)
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

  /** Whether what statx(2) tells of mounts is used; tests take it away, as older kernels do. */
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
   * Asks the kernel for the ID that mount tables have.
   *
   * @param descriptor an open descriptor
   * @return which file it leads to, with the mount ID of mount tables
   * @throws SyscallException if that cannot be told
   */
  public static FileId withTableId(Descriptor descriptor) throws SyscallException {
    return of(descriptor, MNT_ID);
  }

  /**
   * Asks the kernel about a path; symbolic links are followed.
   *
   * @param path the bytes of an absolute path
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId of(byte[] path) throws SyscallException {
    return of(path, MNT_ID_UNIQUE);
  }

  /**
   * Asks the kernel about a path for the ID that mount tables have; symbolic links are followed.
   *
   * @param path the bytes of an absolute path
   * @return which file it leads to, with the mount ID of mount tables
   * @throws SyscallException if that cannot be told
   */
  public static FileId withTableId(byte[] path) throws SyscallException {
    return of(path, MNT_ID);
  }

  /**
   * Asks the kernel about what is at a relative path; symbolic links are followed.
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
   * Asks the kernel who owns a file.
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
      Kernel.succeeded(Syscall.STATX, result);
      return Integer.toUnsignedLong(scratch.structBuffer().getInt(OWNER));
    }
  }

  /** Without anything of its mount, for who has no use for that. */
  static FileId withoutMount(Descriptor descriptor) throws SyscallException {
    return callStatx(descriptor, 0).id();
  }

  private static FileId of(byte[] path, int idMask) throws SyscallException {
    StatAnswer told;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      told =
          tellStat(
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
    FileId seen = told.id().idOn(DescriptorInfo.mountId(descriptor), false);
    boolean root = seen.isDirectory() && DescriptorInfo.isMountRoot(seen, descriptor);
    return seen.idOn(seen.mountId, root);
  }

  /** Whether it has only a unique ID, by which no mount table can be searched. */
  private boolean lacksTableId() {
    return uniqueMountId && !CallProbe.mayUse(Syscall.STATMOUNT);
  }

  private FileId withTableIdOf(Descriptor descriptor) throws SyscallException {
    long id = of(descriptor, MNT_ID).tableId;
    return new FileId(mode, device, inode, mountId, uniqueMountId, id, mountRoot);
  }

  private FileId idOn(long tableId, boolean root) {
    return new FileId(mode, device, inode, tableId, false, tableId, root);
  }

  /** What the call tells, and whether the mount is a part of that. */
  private record StatAnswer(FileId id, boolean ofMount) {}

  private static StatAnswer callStatx(Descriptor descriptor, int idMask) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long self = scratch.putString(SELF);
      int wanted = TYPE_MODE_INO | idMask;
      return tellStat(
          scratch,
          descriptor.attemptOn(
              Syscall.STATX, self, AT_EMPTY_PATH, wanted, scratch.structPointer(), 0));
    }
  }

  private static StatAnswer tellStat(ScratchMemory scratch, long result) throws SyscallException {
    Kernel.succeeded(Syscall.STATX, result);
    ByteBuffer statx = scratch.structBuffer();
    if ((statx.getInt(0) & TYPE_MODE_INO) != TYPE_MODE_INO) {
      throw new SyscallException(Syscall.STATX, "type, mode and inode of a file");
    }
    return new StatAnswer(fromResult(statx), tellsMount(statx));
  }

  /** A translator may hand on that there is an ID, and leave out the ID. */
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
   * Tells whether the mount that this is of is what is seen at a path: not one below it, or another
   * that was mounted there later.
   *
   * @param path the bytes of an absolute path
   * @return whether its root is there
   */
  public boolean isMountedAt(byte[] path) {
    try {
      FileId there = uniqueMountId ? of(path) : withTableId(path);
      return there.isOnSameMount(this) && there.mountRoot && (uniqueMountId || mayBe(there));
    } catch (SyscallException e) {
      return false;
    }
  }

  /**
   * Before Linux 6.8 a mount gets the ID of one that is gone. The root of another file system is
   * another file; the very same overlay mounted anew is taken for the old one.
   */
  private boolean mayBe(FileId there) {
    return inode == 0 || sameFile(there);
  }

  /**
   * Tells whether this and another are seen by the same mount.
   *
   * @param other another file, of which the same kind of mount ID was asked for
   * @return whether they are
   */
  public boolean isOnSameMount(FileId other) {
    return mountId == other.mountId && uniqueMountId == other.uniqueMountId;
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
