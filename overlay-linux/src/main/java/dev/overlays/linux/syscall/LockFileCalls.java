package dev.overlays.linux.syscall;

/** Creates and fills a file that processes lock. */
public final class LockFileCalls {
  /** Everybody who may read the directory may take part, whatever the umask is. */
  private static final int MODE = 0644;

  private static final int OPEN = OpenFlags.RDWR | OpenFlags.NOFOLLOW | OpenFlags.NONBLOCK;

  private LockFileCalls() {}

  /**
   * Opens a file for reading and writing; creates it if it is missing.
   *
   * @param directory where it is
   * @param name the bytes of its name
   * @return the descriptor
   * @throws SyscallException if it cannot be opened; with EEXIST if another process creates it at
   *     the same moment
   */
  public static Descriptor openOrCreate(Descriptor directory, byte[] name) throws SyscallException {
    try {
      return directory.openAt(name, OPEN);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    Descriptor created;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      int flags = OPEN | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.CLOEXEC;
      created =
          new Descriptor(directory.callOn(Syscall.OPENAT, scratch.putString(name), flags, MODE));
    }
    created.attemptOn(Syscall.FCHMOD, MODE);
    return created;
  }

  /**
   * Writes some bytes, and waits until the server has them.
   *
   * @param file the file
   * @param offset where
   * @param bytes what, at most {@link ScratchMemory#DATA_SIZE}
   * @throws SyscallException if they cannot be written
   */
  public static void writeAt(Descriptor file, long offset, byte[] bytes) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      scratch.dataBuffer().put(0, bytes);
      file.callOn(Syscall.PWRITE64, scratch.dataPointer(), bytes.length, offset);
    }
    file.callOn(Syscall.FSYNC);
  }
}
