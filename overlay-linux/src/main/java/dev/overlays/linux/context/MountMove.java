package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;

/** Attaches what was mounted nowhere. Source: move_mount(2). */
public final class MountMove {
  /** Both sides are the descriptors themselves: MOVE_MOUNT_{F,T}_EMPTY_PATH. */
  private static final int BY_DESCRIPTORS = 0x4 | 0x40;

  private MountMove() {}

  /**
   * Attaches a mount.
   *
   * @param mount its root
   * @param place a directory, on which it lies then
   * @throws SyscallException if it is refused
   */
  public static void moveMount(Descriptor mount, Descriptor place) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long empty = scratch.putString(new byte[0]);
      mount.callOn(Syscall.MOVE_MOUNT, empty, place.number(), empty, BY_DESCRIPTORS);
    }
  }
}
