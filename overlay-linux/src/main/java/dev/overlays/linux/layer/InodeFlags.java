package dev.overlays.linux.layer;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;

/**
 * The attributes of chattr(1). Source: the kernel's include/uapi/linux/fs.h, FS_IOC_GETFLAGS and
 * FS_IOC_SETFLAGS, whose argument is an int whatever their names say.
 */
final class InodeFlags {
  private static final long GET = 0x80086601L;
  private static final long SET = 0x40086602L;
  private static final int IMMUTABLE = 0x10;
  private static final int APPEND = 0x20;

  private InodeFlags() {}

  /** Returns 0 or the negative error number; a file system without them has none to clear. */
  static long setFlags(Descriptor file, boolean immutable, boolean appendOnly) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result = file.attemptOn(Syscall.IOCTL, GET, scratch.structPointer());
      if (result < 0) {
        boolean nothing = !immutable && !appendOnly;
        return nothing && isAbsent(result) ? 0 : result;
      }
      return changeFlags(file, scratch.structBuffer().getInt(0), immutable, appendOnly);
    }
  }

  private static long changeFlags(Descriptor file, int old, boolean immutable, boolean appendOnly) {
    int flags = old & ~(IMMUTABLE | APPEND);
    flags |= (immutable ? IMMUTABLE : 0) | (appendOnly ? APPEND : 0);
    if (flags == old) {
      return 0;
    }
    if ((old & flags & IMMUTABLE) != 0) {
      // ext4 changes no other flag of what is immutable and stays so.
      long result = setFlags(file, old & ~IMMUTABLE);
      if (result < 0) {
        return result;
      }
    }
    return setFlags(file, flags);
  }

  private static long setFlags(Descriptor file, int flags) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return file.attemptOn(Syscall.IOCTL, SET, scratch.structPointer(flags));
    }
  }

  private static boolean isAbsent(long result) {
    return result == -Errno.ENOTTY.number() || result == -Errno.EOPNOTSUPP.number();
  }
}
