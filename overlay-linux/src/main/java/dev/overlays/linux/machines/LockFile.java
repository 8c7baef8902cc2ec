package dev.overlays.linux.machines;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.LockFileCalls;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.util.Optional;

/**
 * The file beside a lower that the machines lock: {@code .NAME.overlays-lock}, in the directory
 * that holds the lower. It is never removed: who has it open would hold a lock that nobody else
 * sees.
 */
final class LockFile {
  private static final int ATTEMPTS = 10;

  private LockFile() {}

  /** An open lock file. */
  record OpenedLockFile(Descriptor file, boolean writable) {}

  /**
   * Opens the file of a lower.
   *
   * @param create whether it is created if it is missing
   * @return empty if there is none, and this process may not create one
   * @throws UnplacedLockException if there can be none
   */
  static Optional<OpenedLockFile> open(Descriptor lower, boolean create)
      throws SyscallException, UnplacedLockException {
    try (LockPlace place = LockPlace.of(lower)) {
      return create
          ? openOrCreate(place.parent(), place.fileName())
          : openForReading(place.parent(), place.fileName());
    }
  }

  /** Whether an open file is still the one that others find. */
  static boolean isCurrent(Descriptor lower, Descriptor file)
      throws SyscallException, UnplacedLockException {
    try (LockPlace place = LockPlace.of(lower)) {
      return place.isThere(place.fileName(), FileId.of(file));
    }
  }

  private static Optional<OpenedLockFile> openOrCreate(Descriptor parent, byte[] name)
      throws SyscallException {
    for (int attempt = 0; ; attempt++) {
      try {
        return Optional.of(new OpenedLockFile(LockFileCalls.openOrCreate(parent, name), true));
      } catch (SyscallException e) {
        if (e.errno() == Errno.EACCES || e.errno() == Errno.EROFS || e.errno() == Errno.EPERM) {
          return openForReading(parent, name);
        }
        // Another machine creates or removes it just now.
        boolean changing = e.errno() == Errno.EEXIST || e.errno() == Errno.ESTALE;
        if (!changing || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Optional<OpenedLockFile> openForReading(Descriptor parent, byte[] name)
      throws SyscallException {
    try {
      return Optional.of(
          new OpenedLockFile(
              parent.openAt(name, OpenFlags.RDONLY | OpenFlags.NOFOLLOW | OpenFlags.NONBLOCK),
              false));
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.EACCES) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
