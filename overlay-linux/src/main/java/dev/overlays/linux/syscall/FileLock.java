package dev.overlays.linux.syscall;

/**
 * Advisory locks on open files. Source: flock(2).
 *
 * <p>A lock is of the open file, not of the descriptor: a program that another thread starts at
 * this moment has it too until it is executed. So it is given back before its descriptor is closed.
 */
public final class FileLock {
  private static final int SHARED = 1;
  private static final int EXCLUSIVE = 2;
  private static final int NO_WAIT = 4;
  private static final int UNLOCK = 8;

  private FileLock() {}

  /**
   * Locks a file against everybody else who locks it, until the descriptor is closed.
   *
   * @param descriptor a descriptor that was opened for reading
   * @return false if somebody else holds a lock on it; true also where the file system has no locks
   */
  public static boolean tryExclusive(Descriptor descriptor) {
    return tryLock(descriptor, EXCLUSIVE);
  }

  /**
   * Locks a file against those who lock it exclusively, until the descriptor is closed.
   *
   * @param descriptor a descriptor that was opened for reading
   * @return false if somebody else holds an exclusive lock on it; true also where the file system
   *     has no locks
   */
  public static boolean tryShared(Descriptor descriptor) {
    return tryLock(descriptor, SHARED);
  }

  private static boolean tryLock(Descriptor descriptor, int kind) {
    long result = descriptor.attemptOn(Syscall.FLOCK, kind | NO_WAIT);
    if (result == 0) {
      descriptor.lockedOnce();
    }
    return result != -Errno.EAGAIN.number() && result != -Errno.EBADF.number();
  }

  static void unlockFile(int number) {
    Kernel.attempt(Syscall.FLOCK, number, UNLOCK);
  }
}
