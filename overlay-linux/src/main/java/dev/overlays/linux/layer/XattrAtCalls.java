package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;

/**
 * The calls that start at a directory: Linux 6.13 and later. Source: struct xattr_args in the
 * kernel's include/uapi/linux/xattr.h.
 */
final class XattrAtCalls extends XattrCalls {
  private static final int SYMLINK_NOFOLLOW = 0x100;
  private static final int ARGS_SIZE = 16;

  /** Whether all four can be used: each may be refused alone. */
  static boolean areThere() {
    return CallProbe.mayUseAll(
        Syscall.LISTXATTRAT, Syscall.GETXATTRAT, Syscall.SETXATTRAT, Syscall.REMOVEXATTRAT);
  }

  @Override
  long listRaw(ScratchMemory scratch, Descriptor directory, Name name, int size) {
    long path = scratch.putString(name);
    return directory.attemptOn(
        Syscall.LISTXATTRAT, path, SYMLINK_NOFOLLOW, scratch.dataPointer(), size, 0);
  }

  @Override
  long getRaw(ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr, int size) {
    return callAt(Syscall.GETXATTRAT, scratch, directory, name, xattr, size);
  }

  @Override
  long setRaw(ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr, int size) {
    return callAt(Syscall.SETXATTRAT, scratch, directory, name, xattr, size);
  }

  private static long callAt(
      Syscall call,
      ScratchMemory scratch,
      Descriptor directory,
      Name name,
      byte[] xattr,
      int size) {
    return directory.attemptOn(
        call,
        scratch.putString(name),
        SYMLINK_NOFOLLOW,
        scratch.secondString(xattr),
        scratch.structPointer(scratch.dataPointer(), size),
        ARGS_SIZE);
  }

  @Override
  long removeRaw(ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr) {
    long path = scratch.putString(name);
    long key = scratch.secondString(xattr);
    return directory.attemptOn(Syscall.REMOVEXATTRAT, path, SYMLINK_NOFOLLOW, key, 0, 0);
  }
}
