package dev.overlays.linux.syscall;

import java.util.Optional;

/**
 * Locks on bytes of a file, which file systems carry between machines. A lock belongs to the open
 * file description, as that of flock(2) does: closing another descriptor of the same file releases
 * nothing, and two descriptions of one process exclude each other. Source: fcntl(2), "Open file
 * description locks"; the numbers are those of the kernel's include/uapi/asm-generic/fcntl.h.
 */
public final class RangeLock {
  private static final int GET = 36;
  private static final int SET = 37;

  private static final short SHARED = 0;
  private static final short EXCLUSIVE = 1;
  private static final short NONE = 2;

  /** Of struct flock: its start and length follow the type and four bytes that are not used. */
  private static final int START = 8;

  private static final int LENGTH = 16;
  private static final int OWNER = 24;

  private RangeLock() {}

  /**
   * Bytes that are locked by another open file description.
   *
   * @param start the first byte
   * @param length how many, never 0
   */
  public record LockedRange(long start, long length) {}

  /**
   * Takes a shared lock on one byte.
   *
   * @param file a descriptor that was opened for reading
   * @param offset which byte; the file need not have it
   * @return false if another description has an exclusive lock on it
   * @throws SyscallException if the file system has no such locks, or cannot take one now
   */
  public static boolean tryShared(Descriptor file, long offset) throws SyscallException {
    return tryLock(file, SHARED, offset);
  }

  /**
   * Takes an exclusive lock on one byte.
   *
   * @param file a descriptor that was opened for writing
   * @param offset which byte; the file need not have it
   * @return false if another description has a lock on it
   * @throws SyscallException if the file system has no such locks, or cannot take one now
   */
  public static boolean tryExclusive(Descriptor file, long offset) throws SyscallException {
    return tryLock(file, EXCLUSIVE, offset);
  }

  private static boolean tryLock(Descriptor file, short kind, long offset) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result = file.attemptOn(Syscall.FCNTL, SET, fill(scratch, kind, offset, 1));
      if (result == -Errno.EAGAIN.number() || result == -Errno.EACCES.number()) {
        return false;
      }
      Kernel.requireSuccess(Syscall.FCNTL, result);
      return true;
    }
  }

  /**
   * Releases all locks of the open file description, also those that another process took by it.
   * Unlike the end that closing brings, this is known to the server when the call returns.
   *
   * @param file the file
   */
  public static void releaseAll(Descriptor file) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      file.attemptOn(Syscall.FCNTL, SET, fill(scratch, NONE, 0, 0));
    }
  }

  /**
   * Finds a lock of another description, shared or exclusive.
   *
   * @param file the file
   * @param start the first byte to look at
   * @param length how many bytes
   * @return one of the locks, not always the first; empty if there is none
   * @throws SyscallException if the file system has no such locks
   */
  public static Optional<LockedRange> findLock(Descriptor file, long start, long length)
      throws SyscallException {
    return findConflict(file, EXCLUSIVE, start, length);
  }

  /**
   * Returns whether another description has an exclusive lock on a byte.
   *
   * @param file the file
   * @param offset which byte
   * @return whether a shared lock would be refused
   * @throws SyscallException if the file system has no such locks
   */
  public static boolean isExclusive(Descriptor file, long offset) throws SyscallException {
    return findConflict(file, SHARED, offset, 1).isPresent();
  }

  private static Optional<LockedRange> findConflict(
      Descriptor file, short kind, long start, long length) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      file.callOn(Syscall.FCNTL, GET, fill(scratch, kind, start, length));
      var found = scratch.structBuffer();
      if (found.getShort(0) == NONE) {
        return Optional.empty();
      }
      long size = found.getLong(LENGTH);
      long first = found.getLong(START);
      return Optional.of(new LockedRange(first, size == 0 ? Long.MAX_VALUE - first : size));
    }
  }

  private static long fill(ScratchMemory scratch, short kind, long start, long length) {
    scratch
        .structBuffer()
        .putLong(0, 0)
        .putShort(0, kind)
        .putLong(START, start)
        .putLong(LENGTH, length)
        .putLong(OWNER, 0);
    return scratch.structPointer();
  }
}
