package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import java.nio.charset.StandardCharsets;

/**
 * The calls that take a path: it goes through the magic link of the directory's descriptor, which
 * is followed, to the entry, which is not.
 */
final class XattrPathCalls extends XattrCalls {

  @Override
  long listRaw(int directory, Name name, long memory, int size) {
    return Kernel.attempt(Syscall.LLISTXATTR, path(directory, name), memory, size);
  }

  @Override
  long getRaw(int directory, Name name, byte[] xattr, long memory, int size) {
    long key = Scratch.get().secondString(xattr);
    return Kernel.attempt(Syscall.LGETXATTR, path(directory, name), key, memory, size);
  }

  @Override
  long setRaw(int directory, Name name, byte[] xattr, long memory, int size) {
    long key = Scratch.get().secondString(xattr);
    return Kernel.attempt(Syscall.LSETXATTR, path(directory, name), key, memory, size, 0);
  }

  @Override
  long removeRaw(int directory, Name name, byte[] xattr) {
    long key = Scratch.get().secondString(xattr);
    return Kernel.attempt(Syscall.LREMOVEXATTR, path(directory, name), key);
  }

  private static long path(int directory, Name name) {
    byte[] link = ("/proc/self/fd/" + directory + "/").getBytes(StandardCharsets.US_ASCII);
    byte[] path = new byte[link.length + name.length()];
    System.arraycopy(link, 0, path, 0, link.length);
    name.copyTo(path, link.length);
    return Scratch.get().string(path);
  }
}
