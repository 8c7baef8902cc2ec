package dev.overlays.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a file system knows an inode by. Source: name_to_handle_at(2).
 *
 * @param type how the bytes are to be read; each file system has its own numbers
 * @param bytes the bytes, of which each character stands for one
 */
public record InodeHandle(int type, String bytes) {
  /** The handle needs to identify the inode only, not to open it (AT_HANDLE_FID, Linux 6.5). */
  private static final int FOR_COMPARING = 0x200;

  private static final int LONGEST = 128;
  private static final int HEADER = 8;

  /**
   * Asks for the handle of an inode.
   *
   * @param path the bytes of an absolute path; a symbolic link at its end is not followed
   * @return the handle; empty if there is nothing, its file system has none, or this process may
   *     not ask
   */
  public static Optional<InodeHandle> of(byte[] path) {
    return of(Kernel.AT_FDCWD, path, 0);
  }

  /**
   * Asks for the handle of an inode.
   *
   * @param directory an open directory
   * @param path the bytes of a path below it; a symbolic link at its end is not followed
   * @return the handle; empty if there is nothing, its file system has none, or this process may
   *     not ask
   */
  public static Optional<InodeHandle> handleAt(Descriptor directory, byte[] path) {
    return of(directory.number(), path, 0);
  }

  /**
   * Asks for a handle that need not be good for opening, which more file systems have.
   *
   * @param path the bytes of an absolute path; a symbolic link at its end is not followed
   * @return the handle; empty if there is nothing, its file system has none, this process may not
   *     ask, or the kernel is older than 6.5
   */
  public static Optional<InodeHandle> forComparing(byte[] path) {
    return of(Kernel.AT_FDCWD, path, FOR_COMPARING);
  }

  private static Optional<InodeHandle> of(int directory, byte[] path, int flags) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      ByteBuffer struct = scratch.structBuffer();
      struct.putInt(0, LONGEST);
      long name = scratch.putString(path);
      long mountId = scratch.structPointer() + HEADER + LONGEST;
      long result =
          Kernel.attempt(
              Syscall.NAME_TO_HANDLE_AT,
              directory,
              name,
              scratch.structPointer(),
              mountId,
              flags,
              0);
      if (result < 0) {
        return Optional.empty();
      }
      byte[] bytes = new byte[struct.getInt(0)];
      struct.get(HEADER, bytes);
      return Optional.of(
          new InodeHandle(struct.getInt(4), new String(bytes, StandardCharsets.ISO_8859_1)));
    }
  }

  /**
   * Tells whether another handle may be of the same file system: each has one form.
   *
   * @param other another handle
   * @return whether both have the same type and length
   */
  public boolean isOfForm(InodeHandle other) {
    return type == other.type && bytes.length() == other.bytes.length();
  }

  /**
   * Opens the inode as a mere place in the tree. Needs CAP_DAC_READ_SEARCH. Source:
   * open_by_handle_at(2).
   *
   * @param onFileSystem anything open on the file system that is searched
   * @return the descriptor
   * @throws SyscallException if the file system has no such inode ({@link Errno#ESTALE}), or it
   *     cannot be told
   */
  public Descriptor open(Descriptor onFileSystem) throws SyscallException {
    byte[] raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      ByteBuffer struct = scratch.structBuffer();
      struct.putInt(0, raw.length).putInt(4, type).put(HEADER, raw);
      return new Descriptor(
          onFileSystem.callOn(
              Syscall.OPEN_BY_HANDLE_AT,
              scratch.structPointer(),
              OpenFlags.PATH | OpenFlags.CLOEXEC));
    }
  }
}
