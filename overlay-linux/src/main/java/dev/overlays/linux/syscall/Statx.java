package dev.overlays.linux.syscall;

import java.time.Instant;

/**
 * The result of statx(2). Source of the layout and of the constants: struct statx and STATX_* in
 * the kernel's include/uapi/linux/stat.h. The structure is read as words of eight bytes; a word may
 * hold two fields of four bytes, the low half first on both processors.
 */
public final class Statx {
  /** STATX_TYPE and STATX_MODE. */
  public static final int MODE = 0x1 | 0x2;

  /** STATX_NLINK. */
  public static final int LINKS = 0x4;

  /** STATX_UID. */
  public static final int OWNER = 0x8;

  /** STATX_GID. */
  public static final int GROUP = 0x10;

  /** STATX_MTIME. */
  public static final int MODIFICATION_TIME = 0x40;

  /** STATX_INO. */
  public static final int INODE = 0x100;

  /** STATX_SIZE. */
  public static final int SIZE = 0x200;

  /** STATX_BLOCKS. */
  public static final int BLOCKS = 0x400;

  /** STATX_BASIC_STATS. */
  public static final int BASIC_STATS = 0x7ff;

  /** STATX_BTIME. */
  public static final int BIRTH_TIME = 0x800;

  /** STATX_MNT_ID. */
  public static final int MOUNT_ID = 0x1000;

  /** STATX_MNT_ID_UNIQUE, of Linux 6.8. */
  public static final int UNIQUE_MOUNT_ID = 0x4000;

  /** STATX_ATTR_IMMUTABLE. */
  public static final int ATTRIBUTE_IMMUTABLE = 0x10;

  /** STATX_ATTR_APPEND. */
  public static final int ATTRIBUTE_APPEND = 0x20;

  /** STATX_ATTR_MOUNT_ROOT, of Linux 5.8. */
  public static final int ATTRIBUTE_MOUNT_ROOT = 0x2000;

  /** AT_EMPTY_PATH: an empty path stands for the open file itself. */
  public static final int EMPTY_PATH = 0x1000;

  /** AT_SYMLINK_NOFOLLOW. */
  public static final int SYMLINK_NOFOLLOW = 0x100;

  private static final int WORDS = 19;
  private static final int BLOCK_SIZE = 512;
  private static final byte[] SELF = {};

  private final long[] words = new long[WORDS];

  private Statx(ScratchMemory scratch) {
    scratch.readStruct(words);
  }

  /**
   * Makes the call; its result is in the scratch memory until that is filled again.
   *
   * @param scratch memory for the result
   * @param directory an open descriptor
   * @param path the address of a relative path, or of an empty one with {@link #EMPTY_PATH}
   * @param flags how the path is looked up
   * @param fields the fields to ask for
   * @return 0, or the negative error number
   */
  public static long attempt(
      ScratchMemory scratch, Descriptor directory, long path, int flags, int fields) {
    return directory.attemptOn(Syscall.STATX, path, flags, fields, scratch.structPointer(), 0);
  }

  /**
   * Makes the call for a descriptor whose owner holds it open, or for {@link Kernel#AT_FDCWD}.
   *
   * @param scratch memory for the result
   * @param directory the number of the descriptor
   * @param path the address of a path
   * @param flags how the path is looked up
   * @param fields the fields to ask for
   * @return 0, or the negative error number
   */
  public static long attempt(
      ScratchMemory scratch, int directory, long path, int flags, int fields) {
    return Kernel.attempt(
        Syscall.STATX, directory, path, flags, fields, scratch.structPointer(), 0);
  }

  /**
   * Asks about an open file.
   *
   * @param descriptor the file
   * @param fields the fields to ask for
   * @return the result, which may lack fields
   * @throws SyscallException if the call fails
   */
  public static Statx of(Descriptor descriptor, int fields) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result = attempt(scratch, descriptor, scratch.putString(SELF), EMPTY_PATH, fields);
      Kernel.requireSuccess(Syscall.STATX, result);
      return resultIn(scratch);
    }
  }

  /**
   * Copies the result of the last call.
   *
   * @param scratch the memory that was given to the call
   * @return the result
   */
  public static Statx resultIn(ScratchMemory scratch) {
    return new Statx(scratch);
  }

  /**
   * Returns which of some fields the file system has not filled in.
   *
   * @param fields the fields
   * @return those that are missing; 0 if all are there
   */
  public int missingFields(int fields) {
    return fields & ~lowHalf(0);
  }

  /**
   * Returns whether the file has an attribute.
   *
   * @param attribute the attribute
   * @return whether it is set
   */
  public boolean hasAttribute(int attribute) {
    return (words[1] & attribute) != 0;
  }

  /**
   * Returns whether the file system can tell an attribute.
   *
   * @param attribute the attribute
   * @return whether it is in stx_attributes_mask
   */
  public boolean reportsAttribute(int attribute) {
    return (words[7] & attribute) != 0;
  }

  /**
   * Returns how many names the inode has.
   *
   * @return stx_nlink
   */
  public long linkCount() {
    return Integer.toUnsignedLong(lowHalf(2));
  }

  /**
   * Returns the user ID, as the bits of an unsigned number.
   *
   * @return stx_uid
   */
  public int owner() {
    return highHalf(2);
  }

  /**
   * Returns the group ID, as the bits of an unsigned number.
   *
   * @return stx_gid
   */
  public int group() {
    return lowHalf(3);
  }

  /**
   * Returns type and permission bits.
   *
   * @return stx_mode
   */
  public int mode() {
    return highHalf(3) & 0xffff;
  }

  /**
   * Returns the number of the inode.
   *
   * @return stx_ino
   */
  public long inode() {
    return words[4];
  }

  /**
   * Returns the size.
   *
   * @return stx_size, in bytes
   */
  public long size() {
    return words[5];
  }

  /**
   * Returns how much is allocated.
   *
   * @return stx_blocks, in bytes
   */
  public long allocatedBytes() {
    return words[6] * BLOCK_SIZE;
  }

  /**
   * Returns when the content was read last, as far as the file system keeps it.
   *
   * @return stx_atime
   */
  public Instant accessTime() {
    return timeAt(8);
  }

  /**
   * Returns when the inode was created.
   *
   * @return stx_btime
   */
  public Instant birthTime() {
    return timeAt(10);
  }

  /**
   * Returns when the content changed last.
   *
   * @return stx_mtime
   */
  public Instant modificationTime() {
    return timeAt(14);
  }

  /**
   * Returns the major number of a device node.
   *
   * @return stx_rdev_major
   */
  public int nodeMajor() {
    return lowHalf(16);
  }

  /**
   * Returns the minor number of a device node.
   *
   * @return stx_rdev_minor
   */
  public int nodeMinor() {
    return highHalf(16);
  }

  /**
   * Returns the number of the file system.
   *
   * @return stx_dev_major in the high half, stx_dev_minor in the low one
   */
  public long device() {
    return Long.rotateLeft(words[17], Integer.SIZE);
  }

  /**
   * Returns the ID of the mount, in the form that was asked for.
   *
   * @return stx_mnt_id
   */
  public long mountId() {
    return words[18];
  }

  private Instant timeAt(int word) {
    return Instant.ofEpochSecond(words[word], lowHalf(word + 1));
  }

  private int lowHalf(int word) {
    return (int) words[word];
  }

  private int highHalf(int word) {
    return (int) (words[word] >>> Integer.SIZE);
  }
}
