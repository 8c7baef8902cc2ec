package dev.overlays.linux.syscall;

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

  private static final int NEEDED = Statx.MODE | Statx.INODE;
  private static final int S_IFMT = 0xf000;
  private static final int S_IFDIR = 0x4000;

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
    return of(descriptor, Statx.UNIQUE_MOUNT_ID);
  }

  /**
   * Identifies the file of a descriptor, with the mount ID that mount tables use.
   *
   * @param descriptor an open descriptor
   * @return which file it leads to, with the mount ID of mount tables
   * @throws SyscallException if that cannot be told
   */
  public static FileId withTableId(Descriptor descriptor) throws SyscallException {
    return of(descriptor, Statx.MOUNT_ID);
  }

  /**
   * Identifies the file at a path; symbolic links are followed.
   *
   * @param path the bytes of an absolute path
   * @return which file it leads to
   * @throws SyscallException if that cannot be told
   */
  public static FileId of(byte[] path) throws SyscallException {
    return of(path, Statx.UNIQUE_MOUNT_ID);
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
    return of(path, Statx.MOUNT_ID);
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
    Statx statx;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long at = scratch.putString(path);
      Kernel.requireSuccess(
          Syscall.STATX, Statx.attempt(scratch, directory, at, 0, NEEDED | Statx.UNIQUE_MOUNT_ID));
      statx = Statx.resultIn(scratch);
    }
    StatAnswer told = answerOf(statx);
    if (told.ofMount() && !told.id().lacksTableId()) {
      return told.id();
    }
    try (Descriptor opened = directory.openAt(path, OpenFlags.PATH)) {
      return of(opened, Statx.UNIQUE_MOUNT_ID);
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
    return Integer.toUnsignedLong(Statx.of(descriptor, Statx.OWNER).owner());
  }

  /** Identifies a file without its mount. */
  static FileId withoutMount(Descriptor descriptor) throws SyscallException {
    return answerOf(Statx.of(descriptor, NEEDED)).id();
  }

  private static FileId of(byte[] path, int idMask) throws SyscallException {
    Statx statx;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long at = scratch.putString(path);
      Kernel.requireSuccess(
          Syscall.STATX, Statx.attempt(scratch, Kernel.AT_FDCWD, at, 0, NEEDED | idMask));
      statx = Statx.resultIn(scratch);
    }
    StatAnswer told = answerOf(statx);
    if (told.ofMount() && !told.id().lacksTableId()) {
      return told.id();
    }
    try (Descriptor opened = Descriptor.open(path, OpenFlags.PATH)) {
      return of(opened, idMask);
    }
  }

  private static FileId of(Descriptor descriptor, int idMask) throws SyscallException {
    StatAnswer told = answerOf(Statx.of(descriptor, NEEDED | idMask));
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
    long id = of(descriptor, Statx.MOUNT_ID).tableId;
    return new FileId(mode, device, inode, mountId, uniqueMountId, id, mountRoot);
  }

  private FileId withMount(long tableId, boolean root) {
    return new FileId(mode, device, inode, tableId, false, tableId, root);
  }

  /** The result of statx(2), and whether it includes the mount. */
  private record StatAnswer(FileId id, boolean ofMount) {}

  private static StatAnswer answerOf(Statx statx) throws SyscallException {
    if (statx.missingFields(NEEDED) != 0) {
      throw new SyscallException(Syscall.STATX, "type, mode and inode of a file");
    }
    boolean unique = statx.missingFields(Statx.UNIQUE_MOUNT_ID) == 0;
    FileId id =
        new FileId(
            statx.mode(),
            statx.device(),
            statx.inode(),
            statx.mountId(),
            unique,
            unique ? 0 : statx.mountId(),
            statx.hasAttribute(Statx.ATTRIBUTE_MOUNT_ROOT));
    return new StatAnswer(id, reportsMount(statx, unique));
  }

  /** A translator may set the flag for the mount ID and leave the ID at 0. */
  private static boolean reportsMount(Statx statx, boolean unique) {
    return mountsTold
        && (unique || statx.missingFields(Statx.MOUNT_ID) == 0)
        && statx.mountId() != 0
        && statx.reportsAttribute(Statx.ATTRIBUTE_MOUNT_ROOT);
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
