package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Scratch;
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
  long listRaw(int directory, Name name, long memory, int size) {
    long path = Scratch.get().string(name);
    return Kernel.attempt(Syscall.LISTXATTRAT, directory, path, SYMLINK_NOFOLLOW, memory, size, 0);
  }

  @Override
  long getRaw(int directory, Name name, byte[] xattr, long memory, int size) {
    return call(Syscall.GETXATTRAT, directory, name, xattr, memory, size);
  }

  @Override
  long setRaw(int directory, Name name, byte[] xattr, long memory, int size) {
    return call(Syscall.SETXATTRAT, directory, name, xattr, memory, size);
  }

  private static long call(
      Syscall call, int directory, Name name, byte[] xattr, long memory, int size) {
    Scratch scratch = Scratch.get();
    return Kernel.attempt(
        call,
        directory,
        scratch.string(name),
        SYMLINK_NOFOLLOW,
        scratch.secondString(xattr),
        scratch.struct(memory, size),
        ARGS_SIZE);
  }

  @Override
  long removeRaw(int directory, Name name, byte[] xattr) {
    Scratch scratch = Scratch.get();
    return Kernel.attempt(
        Syscall.REMOVEXATTRAT,
        directory,
        scratch.string(name),
        SYMLINK_NOFOLLOW,
        scratch.secondString(xattr),
        0,
        0);
  }
}
