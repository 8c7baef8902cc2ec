package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** What a file system knows an inode by. Source: name_to_handle_at(2). */
final class FileHandle {
  private static final int LONGEST = 128;
  private static final int HEADER = 8;

  private FileHandle() {}

  static Optional<byte[]> of(NativeDirectory owner, Descriptor directory, Name name)
      throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return of(scratch, owner, directory, name);
    }
  }

  private static Optional<byte[]> of(
      ScratchMemory scratch, NativeDirectory owner, Descriptor directory, Name name)
      throws IOException {
    ByteBuffer struct = scratch.structBuffer();
    struct.putInt(0, LONGEST);
    long path = scratch.putString(name);
    int mountId = HEADER + LONGEST;
    long result =
        directory.attemptOn(
            Syscall.NAME_TO_HANDLE_AT,
            path,
            scratch.structPointer(),
            scratch.structPointer() + mountId,
            0);
    if (Errno.isUnavailable(result)) {
      Optional<RefusedCall> refused = RefusedCall.of(Syscall.NAME_TO_HANDLE_AT);
      if (refused.isPresent()) {
        throw new FileSystemException(owner.path(name), null, refused.get().refusalWords());
      }
      // The file system has none.
      return Optional.empty();
    }
    owner.checkResult(result, name);
    byte[] handle = new byte[struct.getInt(0)];
    struct.get(HEADER, handle);
    return Optional.of(handle);
  }
}
