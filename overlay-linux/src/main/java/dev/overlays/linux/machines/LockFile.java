package dev.overlays.linux.machines;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.LockFileCalls;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file beside a lower that the machines lock: {@code .NAME.overlays-lock}, in the directory
 * that holds the lower. It is never removed: who has it open would hold a lock that nobody else
 * sees.
 */
final class LockFile {
  private static final String SUFFIX = ".overlays-lock";
  private static final byte[] PARENT = {'.', '.'};
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
    byte[] name = nameBeside(lower);
    try (Descriptor parent = openParent(lower)) {
      return create ? openOrCreate(parent, name) : openForReading(parent, name);
    }
  }

  /** Whether an open file is still the one that others find. */
  static boolean isCurrent(Descriptor lower, Descriptor file)
      throws SyscallException, UnplacedLockException {
    byte[] name = nameBeside(lower);
    try (Descriptor parent = openParent(lower)) {
      return isThere(parent, name, FileId.of(file));
    }
  }

  private static Descriptor openParent(Descriptor lower) throws SyscallException {
    return lower.openAt(PARENT, OpenFlags.PATH | OpenFlags.DIRECTORY);
  }

  private static byte[] nameBeside(Descriptor lower)
      throws SyscallException, UnplacedLockException {
    FileId id = FileId.of(lower);
    if (id.mountRoot()) {
      throw new UnplacedLockException(
          "it is the root of a mount, and the lock file belongs beside it");
    }
    Path path = lower.targetPath();
    if (path.getFileName() == null) {
      throw new UnplacedLockException("it is the root of the machine");
    }
    byte[] name = PathBytes.of(path.getFileName());
    try (Descriptor parent = openParent(lower)) {
      if (!isThere(parent, name, id)) {
        throw new UnplacedLockException("it was renamed or removed a moment ago");
      }
      return fileName(name);
    }
  }

  private static boolean isThere(Descriptor parent, byte[] name, FileId id) {
    try {
      return FileId.idAt(parent, name).isSameFile(id);
    } catch (SyscallException e) {
      return false;
    }
  }

  private static byte[] fileName(byte[] name) {
    byte[] suffix = SUFFIX.getBytes(StandardCharsets.US_ASCII);
    byte[] file = new byte[1 + name.length + suffix.length];
    file[0] = '.';
    System.arraycopy(name, 0, file, 1, name.length);
    System.arraycopy(suffix, 0, file, 1 + name.length, suffix.length);
    return file;
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
