package dev.overlays.linux.layer;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;

/**
 * The number that counts a file for a quota. A directory that hands its own down (chattr +P) takes
 * nothing that has another by rename or link, but for a copy. Source: the kernel's
 * include/uapi/linux/fs.h, FS_IOC_FSGETXATTR and {@code struct fsxattr}.
 */
final class ProjectId {
  private static final long GET = 0x801c581fL;
  private static final int FLAGS = 0;
  private static final int NUMBER = 12;
  private static final int HANDED_DOWN = 0x200;

  private ProjectId() {}

  /** Whether a directory takes what has the number of another one; true where there are none. */
  static boolean mayTake(Descriptor target, Descriptor source) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      if (target.attemptOn(Syscall.IOCTL, GET, scratch.structPointer()) < 0
          || (scratch.structBuffer().getInt(FLAGS) & HANDED_DOWN) == 0) {
        return true;
      }
      int wanted = scratch.structBuffer().getInt(NUMBER);
      return source.attemptOn(Syscall.IOCTL, GET, scratch.structPointer()) < 0
          || scratch.structBuffer().getInt(NUMBER) == wanted;
    }
  }
}
