package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.SyscallException;

/**
 * Changes a mount by mount(2), which takes a path: here the magic link of the descriptor, so a
 * later mount on top of it is not affected. The mount must be attached in this mount namespace.
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

  /** Adds and clears MS_* flags of a mount; other flags stay. */
  static void setFlags(Descriptor mount, int added, int cleared) throws SyscallException {
    callMount(mount, MS_REMOUNT | MS_BIND | (currentFlags(mount) & ~cleared) | added);
  }

  /** Makes the file system of a mount writable, and the mount itself. */
  static void makeFileSystemWritable(Descriptor mount) throws SyscallException {
    callMount(mount, MS_REMOUNT | (currentFlags(mount) & ~MS_RDONLY));
  }

  static void setPropagation(Descriptor mount, int kind) throws SyscallException {
    callMount(mount, kind);
  }

  static void setPropagationOfAll(int kind) throws SyscallException {
    MountCalls.changeMount(ROOT, MS_REC | kind);
  }

  private static int currentFlags(Descriptor mount) throws SyscallException {
    long told = FileSystemInfo.mountFlags(mount);
    int flags = (int) told & SAME_AS_STATFS;
    return (told & ST_NOSYMFOLLOW) == 0 ? flags : flags | MS_NOSYMFOLLOW;
  }

  private static void callMount(Descriptor mount, int flags) throws SyscallException {
    MountCalls.changeMount(mount.magicLink(), flags);
  }
}
