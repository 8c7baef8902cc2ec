package dev.overlays.linux.syscall;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A file handle, by which a file system identifies an inode. Source: name_to_handle_at(2).
 *
 * @param type the format of the bytes; each file system has its own numbers
 * @param bytes the bytes, one per character
 */
public record InodeHandle(int type, String bytes) {
  /**
   * Asks for a handle that only identifies the inode and cannot open it (AT_HANDLE_FID, Linux 6.5).
   */
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
    return of(path, 0);
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
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return resultIn(scratch, attempt(scratch, directory, scratch.putString(path)));
    }
  }

  /**
   * Asks for a handle that need not be able to open the inode, which more file systems provide.
   *
   * @param path the bytes of an absolute path; a symbolic link at its end is not followed
   * @return the handle; empty if there is nothing, its file system has none, this process may not
   *     ask, or the kernel is older than 6.5
   */
  public static Optional<InodeHandle> forComparing(byte[] path) {
    return of(path, FOR_COMPARING);
  }

  private static Optional<InodeHandle> of(byte[] path, int flags) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long name = scratch.putString(path);
      long handle = prepareHandle(scratch, LONGEST);
      long mountId = handle + HEADER + LONGEST;
      return resultIn(
          scratch,
          Kernel.attempt(
              Syscall.NAME_TO_HANDLE_AT, Kernel.AT_FDCWD, name, handle, mountId, flags, 0));
    }
  }

  private static Optional<InodeHandle> resultIn(ScratchMemory scratch, long result) {
    if (result < 0) {
      return Optional.empty();
    }
    String bytes = new String(bytesIn(scratch), StandardCharsets.ISO_8859_1);
    return Optional.of(new InodeHandle(scratch.structBuffer().getInt(4), bytes));
  }

  /**
   * Asks for the handle of an inode; it is in the scratch memory until that is filled again.
   *
   * @param scratch memory for the result
   * @param directory an open directory
   * @param path the address of a relative path; a symbolic link at its end is not followed
   * @return 0, or the negative error number
   */
  public static long attempt(ScratchMemory scratch, Descriptor directory, long path) {
    return attempt(scratch, directory, path, LONGEST, 0);
  }

  private static long attempt(
      ScratchMemory scratch, Descriptor directory, long path, int room, int flags) {
    long handle = prepareHandle(scratch, room);
    return directory.attemptOn(
        Syscall.NAME_TO_HANDLE_AT, path, handle, handle + HEADER + LONGEST, flags, 0);
  }

  /** Returns the address of a handle with room for some bytes. The mount ID goes behind it. */
  private static long prepareHandle(ScratchMemory scratch, int room) {
    scratch.structBuffer().putInt(0, room);
    return scratch.structPointer();
  }

  /**
   * Copies the handle that was asked for last.
   *
   * @param scratch the memory that was given to the call
   * @return its bytes, without their type
   */
  public static byte[] bytesIn(ScratchMemory scratch) {
    ByteBuffer struct = scratch.structBuffer();
    byte[] bytes = new byte[struct.getInt(0)];
    struct.get(HEADER, bytes);
    return bytes;
  }

  /**
   * Returns whether the file system of a file has handles. It asks for a handle of size zero: where
   * there are handles, the kernel answers that this is too small.
   *
   * @param file an open file
   * @return whether it has
   */
  public static boolean isProvidedFor(Descriptor file) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long self = scratch.putString(new byte[0]);
      long result = attempt(scratch, file, self, 0, Statx.EMPTY_PATH);
      return result == -Errno.EOVERFLOW.number();
    }
  }

  /**
   * Returns whether another handle may be of the same file system: each file system has one form of
   * handle.
   *
   * @param other another handle
   * @return whether both have the same type and length
   */
  public boolean isOfForm(InodeHandle other) {
    return type == other.type && bytes.length() == other.bytes.length();
  }

  /**
   * Opens the inode with O_PATH. Needs CAP_DAC_READ_SEARCH. Source: open_by_handle_at(2).
   *
   * @param onFileSystem any open descriptor on the file system to search
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
