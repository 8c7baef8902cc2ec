package dev.overlays.linux.layer;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;

/**
 * The project ID, by which quotas count a file. A directory that passes its ID on (chattr +P)
 * refuses the rename or link of an entry with another ID; only a copy is possible. Source: the
 * kernel's include/uapi/linux/fs.h, FS_IOC_FSGETXATTR and {@code struct fsxattr}.
 */
final class ProjectId {
  private static final long GET = 0x801c581fL;
  private static final int FLAGS = 0;
  private static final int NUMBER = 12;
  private static final int HANDED_DOWN = 0x200;

  private ProjectId() {}

  /**
   * Whether a directory accepts entries with the project ID of another directory; true where there
   * are no project IDs.
   */
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
