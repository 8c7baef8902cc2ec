package dev.overlays.linux.syscall;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Mounts by path, and what is done to a mount as a whole. Sources: mount(2), umount2(2),
 * mount_setattr(2), unshare(2); {@code struct mount_attr} in include/uapi/linux/mount.h.
 */
public final class MountCalls {
  /** Unmounts at once, and lets go when nobody uses it any more. */
  public static final int MNT_DETACH = 2;

  /** Does not follow a symbolic link at the end of the path. */
  public static final int UMOUNT_NOFOLLOW = 8;

  private static final int CLONE_NEWNS = 0x20000;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_RECURSIVE = 0x8000;
  private static final byte[] SELF = {};
  private static final byte[] ROOT = {'/'};

  /** MOUNT_ATTR_SIZE_VER0: attr_set, attr_clr, propagation, userns_fd, of eight bytes each. */
  private static final int MOUNT_ATTR_SIZE = 32;

  private MountCalls() {}

  /**
   * Mounts a file system by mount(2); its source is named as its kind is.
   *
   * @param fileSystem the kind
   * @param target the bytes of the path of a directory
   * @param flags MS_* together
   * @param options the options in one string, shorter than {@link ScratchMemory#DATA_SIZE}
   * @throws SyscallException if it is refused
   */
  public static void mount(String fileSystem, byte[] target, int flags, byte[] options)
      throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      scratch.dataBuffer().put(options).put((byte) 0);
      long type = scratch.putString(fileSystem.getBytes(StandardCharsets.US_ASCII));
      long place = scratch.putSecondString(target);
      Kernel.call(Syscall.MOUNT, type, place, type, flags, scratch.dataPointer());
    }
  }

  /**
   * Changes a mount by mount(2): its flags, or what becomes elsewhere of what is mounted in it.
   *
   * @param target the bytes of its path; symbolic links are followed
   * @param flags MS_* together
   * @throws SyscallException if it is refused
   */
  public static void changeMount(byte[] target, int flags) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      Kernel.call(Syscall.MOUNT, 0, scratch.putString(target), 0, flags, 0);
    }
  }

  /**
   * Unmounts.
   *
   * @param target the bytes of the path of the mount
   * @param flags MNT_* and UMOUNT_* together
   * @return why it is mounted still; empty if it is not
   */
  public static Optional<Errno> unmount(byte[] target, int flags) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result = Kernel.attempt(Syscall.UMOUNT2, scratch.putString(target), flags);
      return result == 0 ? Optional.empty() : Optional.of(Errno.of((int) -result));
    }
  }

  /**
   * Changes a mount by mount_setattr(2), Linux 5.12 and later.
   *
   * @param mount its root
   * @param added MOUNT_ATTR_* to set
   * @param cleared MOUNT_ATTR_* to clear
   * @param propagation one of MS_PRIVATE and its like, or 0
   * @param userNamespace the number of a descriptor, where MOUNT_ATTR_IDMAP is set
   * @throws SyscallException if it is refused
   */
  public static void setAttributes(
      Descriptor mount, long added, long cleared, long propagation, long userNamespace)
      throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long empty = scratch.putString(SELF);
      long attributes = scratch.fillStruct(added, cleared, propagation, userNamespace);
      mount.callOn(Syscall.MOUNT_SETATTR, empty, AT_EMPTY_PATH, attributes, MOUNT_ATTR_SIZE);
    }
  }

  /**
   * Sets by mount_setattr(2) what becomes elsewhere of what is mounted in any mount of this thread.
   *
   * @param propagation one of MS_PRIVATE and its like
   * @throws SyscallException if it is refused
   */
  public static void setPropagationOfAll(long propagation) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long root = scratch.putString(ROOT);
      long attributes = scratch.fillStruct(0, 0, propagation, 0);
      Kernel.call(
          Syscall.MOUNT_SETATTR, Kernel.AT_FDCWD, root, AT_RECURSIVE, attributes, MOUNT_ATTR_SIZE);
    }
  }

  /**
   * Gives this thread a mount namespace of its own.
   *
   * @throws SyscallException if it is refused
   */
  public static void enterOwnNamespace() throws SyscallException {
    Kernel.call(Syscall.UNSHARE, CLONE_NEWNS);
  }
}
