package dev.overlays.linux.syscall;

/**
 * Advisory locks on open files. Source: flock(2).
 *
 * <p>A lock belongs to the open file description, not to the descriptor: a child process that
 * another thread forks at this moment shares it until it calls exec. Therefore a lock is released
 * explicitly before its descriptor is closed.
 */
public final class DescriptorLock {
  private static final int SHARED = 1;
  private static final int EXCLUSIVE = 2;
  private static final int NO_WAIT = 4;
  private static final int UNLOCK = 8;

  private DescriptorLock() {}

  /**
   * Takes an exclusive lock, which lasts until the descriptor is closed.
   *
   * @param descriptor a descriptor that was opened for reading
   * @return false if another holds a lock on the file; true also where the file system has no locks
   */
  public static boolean tryExclusive(Descriptor descriptor) {
    return tryLock(descriptor, EXCLUSIVE);
  }

  /**
   * Takes a shared lock, which lasts until the descriptor is closed.
   *
   * @param descriptor a descriptor that was opened for reading
   * @return false if another holds an exclusive lock on the file; true also where the file system
   *     has no locks
   */
  public static boolean tryShared(Descriptor descriptor) {
    return tryLock(descriptor, SHARED);
  }

  private static boolean tryLock(Descriptor descriptor, int kind) {
    long result = descriptor.attemptOn(Syscall.FLOCK, kind | NO_WAIT);
    if (result == 0) {
      descriptor.markLocked();
    }
    return result != -Errno.EAGAIN.number() && result != -Errno.EBADF.number();
  }

  static void unlockFile(int number) {
    Kernel.attempt(Syscall.FLOCK, number, UNLOCK);
  }
}
