package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileSystem;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;

/**
 * Changes of a mount by mount(2), which knows it by a path: that of its descriptor's magic link, so
 * whatever is mounted above it meanwhile is not meant. It must be attached in this mount namespace.
 */
final class OldMountCall {
  private static final int MS_REMOUNT = 0x20;
  private static final int MS_BIND = 0x1000;
  private static final int MS_REC = 0x4000;
  private static final int MS_RDONLY = 0x1;
  private static final int MS_NOSYMFOLLOW = 0x100;

  /**
   * MS_RDONLY, MS_NOSUID, MS_NODEV and MS_NOEXEC, which statfs(2) has the same numbers for. How
   * access times are kept stays as it is when nothing is said of it. Source: path_mount in the
   * kernel's fs/namespace.c.
   */
  private static final int SAME_AS_STATFS = 0xf;

  private static final int ST_NOSYMFOLLOW = 0x2000;
  private static final byte[] ROOT = {'/'};

  private OldMountCall() {}

  /** Adds and clears MS_* of a mount; what else it has stays. */
  static void setFlags(Descriptor mount, int added, int cleared) throws SyscallException {
    callMount(mount, MS_REMOUNT | MS_BIND | (presentFlags(mount) & ~cleared) | added);
  }

  /** Makes the file system of a mount writable, and the mount itself. */
  static void makeFileSystemWritable(Descriptor mount) throws SyscallException {
    callMount(mount, MS_REMOUNT | (presentFlags(mount) & ~MS_RDONLY));
  }

  static void setPropagation(Descriptor mount, int kind) throws SyscallException {
    callMount(mount, kind);
  }

  static void setPropagationOfAll(int kind) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      Kernel.call(Syscall.MOUNT, 0, scratch.putString(ROOT), 0, MS_REC | kind, 0);
    }
  }

  private static int presentFlags(Descriptor mount) throws SyscallException {
    long told = FileSystem.mountFlags(mount);
    int flags = (int) told & SAME_AS_STATFS;
    return (told & ST_NOSYMFOLLOW) == 0 ? flags : flags | MS_NOSYMFOLLOW;
  }

  private static void callMount(Descriptor mount, int flags) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      Kernel.call(Syscall.MOUNT, 0, scratch.putString(mount.magicLink()), 0, flags, 0);
    }
  }
}
