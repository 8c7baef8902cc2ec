package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.nio.charset.StandardCharsets;

/**
 * The calls that take a path: it goes through the magic link of the directory's descriptor, which
 * is followed, to the entry, which is not.
 */
final class XattrPathCalls extends XattrCalls {

  @Override
  long listRaw(ScratchMemory scratch, Descriptor directory, Name name, int size) {
    return attemptCall(
        Syscall.LLISTXATTR, scratch, directory, name, scratch.dataPointer(), size, 0);
  }

  @Override
  long getRaw(ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr, int size) {
    long key = scratch.secondString(xattr);
    return attemptCall(
        Syscall.LGETXATTR, scratch, directory, name, key, scratch.dataPointer(), size);
  }

  @Override
  long setRaw(ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr, int size) {
    long key = scratch.secondString(xattr);
    return attemptCall(
        Syscall.LSETXATTR, scratch, directory, name, key, scratch.dataPointer(), size);
  }

  @Override
  long removeRaw(ScratchMemory scratch, Descriptor directory, Name name, byte[] xattr) {
    long key = scratch.secondString(xattr);
    return attemptCall(Syscall.LREMOVEXATTR, scratch, directory, name, key, 0, 0);
  }

  /** The number is a part of the path, so it is held until the kernel has gone along that. */
  private static long attemptCall(
      Syscall call,
      ScratchMemory scratch,
      Descriptor directory,
      Name name,
      long c,
      long d,
      long e) {
    long refused = directory.holdOrTell();
    if (refused < 0) {
      return refused;
    }
    try {
      return Kernel.attempt(call, pathPointer(scratch, directory.number(), name), c, d, e, 0, 0);
    } finally {
      directory.releaseUse();
    }
  }

  private static long pathPointer(ScratchMemory scratch, int directory, Name name) {
    byte[] link = ("/proc/self/fd/" + directory + "/").getBytes(StandardCharsets.US_ASCII);
    byte[] path = new byte[link.length + name.length()];
    System.arraycopy(link, 0, path, 0, link.length);
    name.copyTo(path, link.length);
    return scratch.putString(path);
  }
}
