package dev.overlays.linux.syscall;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The records of a block of a directory listing. Source: getdents(2); the layout is struct
 * linux_dirent64 of the kernel's include/linux/dirent.h.
 */
public final class DirectoryRecords {
  /** Where the name of a record begins; it ends with NUL. */
  public static final int NAME = 19;

  /** The greatest length of a block, in bytes. */
  public static final int BLOCK_SIZE = 1 << 15;

  private static final int OFFSET = 8;
  private static final int LENGTH = 16;
  private static final int TYPE = 18;

  private DirectoryRecords() {}

  /** Set up only when a number is read, since that takes a millisecond of the first mount. */
  private static final class WordAccess {
    static final VarHandle LONG =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  }

  /**
   * Reads the next block into scratch memory, where it stays until that is filled again.
   *
   * @param scratch memory for the result
   * @param directory the number of a descriptor whose owner holds it open
   * @return the length of the block, 0 at the end, or the negative error number
   */
  public static long attemptNext(ScratchMemory scratch, int directory) {
    return Kernel.attempt(Syscall.GETDENTS64, directory, scratch.dataPointer(), BLOCK_SIZE);
  }

  /**
   * Reads the first block of a listing.
   *
   * @param directory an open directory
   * @return the block; empty if the directory has been removed
   * @throws SyscallException if it cannot be read
   */
  public static byte[] firstBlock(Descriptor directory) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      directory.callOn(Syscall.LSEEK, 0, 0);
      long length = directory.callOn(Syscall.GETDENTS64, scratch.dataPointer(), BLOCK_SIZE);
      return scratch.readData((int) length);
    }
  }

  /**
   * Returns the length of a record; the next one begins after it.
   *
   * @param block a block
   * @param record where the record begins
   * @return its length in bytes
   */
  public static int lengthAt(byte[] block, int record) {
    return (block[record + LENGTH] & 0xff) | ((block[record + LENGTH + 1] & 0xff) << 8);
  }

  /**
   * Returns the inode number of a record.
   *
   * @param block a block
   * @param record where the record begins
   * @return d_ino
   */
  public static long inodeAt(byte[] block, int record) {
    return (long) WordAccess.LONG.get(block, record);
  }

  /**
   * Returns the position of the listing after a record.
   *
   * @param block a block
   * @param record where the record begins
   * @return d_off, for lseek(2)
   */
  public static long positionAfter(byte[] block, int record) {
    return (long) WordAccess.LONG.get(block, record + OFFSET);
  }

  /**
   * Returns the type of a record.
   *
   * @param block a block
   * @param record where the record begins
   * @return d_type; 0 if the file system does not tell it
   */
  public static int typeAt(byte[] block, int record) {
    return block[record + TYPE];
  }
}
