package dev.overlays.linux.mount;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.nio.charset.StandardCharsets;

/** Asks for a mark of an upper that is open. Source: fgetxattr(2). */
final class UpperMark {
  private UpperMark() {}

  /**
   * Returns the length of a mark's value, or the negative error number.
   *
   * @param upper a descriptor that is opened for reading
   * @param xattr the name of the attribute
   */
  static long attemptLength(Descriptor upper, String xattr) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long name = scratch.putString(xattr.getBytes(StandardCharsets.US_ASCII));
      return upper.attemptOn(Syscall.FGETXATTR, name, 0, 0, 0, 0);
    }
  }
}
