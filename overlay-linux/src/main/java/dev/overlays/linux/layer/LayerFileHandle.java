package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.InodeHandle;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** The file handle of an entry of a layer. Source: name_to_handle_at(2). */
final class LayerFileHandle {
  private LayerFileHandle() {}

  static Optional<byte[]> of(NativeDirectory owner, Descriptor directory, Name name)
      throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result = InodeHandle.attempt(scratch, directory, scratch.putString(name));
      return lacksHandles(owner, name, result)
          ? Optional.empty()
          : Optional.of(InodeHandle.bytesIn(scratch));
    }
  }

  private static boolean lacksHandles(NativeDirectory owner, Name name, long result)
      throws IOException {
    if (Errno.isUnavailable(result)) {
      Optional<RefusedCall> refused = RefusedCall.of(Syscall.NAME_TO_HANDLE_AT);
      if (refused.isPresent()) {
        throw new FileSystemException(owner.pathOf(name), null, refused.get().refusalWords());
      }
      return true;
    }
    owner.checkResult(result, name);
    return false;
  }
}
