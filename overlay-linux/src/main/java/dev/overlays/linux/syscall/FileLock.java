package dev.overlays.linux.syscall;

/** Advisory locks on open files. Source: flock(2). */
public final class FileLock {
  private static final int SHARED = 1;
  private static final int EXCLUSIVE = 2;
  private static final int NO_WAIT = 4;

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
    long result = descriptor.attempt(Syscall.FLOCK, kind | NO_WAIT);
    return result != -Errno.EAGAIN.number() && result != -Errno.EBADF.number();
  }
}
