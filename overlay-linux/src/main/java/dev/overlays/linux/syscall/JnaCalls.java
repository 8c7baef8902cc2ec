package dev.overlays.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Calls of the C library through JNA. */
final class JnaCalls {
  private JnaCalls() {}

  /** Loads JNA's native library. */
  static void link() {
    // The process already contains the C library, so no path needs to be searched for it.
    Native.register(JnaCalls.class, NativeLibrary.getProcess());
  }

  /** Makes a system call; returns its result, or the negative error number. */
  static long call(long number, long a, long b, long c, long d, long e, long f) {
    long result = syscall(number, a, b, c, d, e, f);
    return result == -1 ? -Native.getLastError() : result;
  }

  /** Returns a buffer of memory that was allocated. */
  static ByteBuffer bufferAt(long address, int size) {
    return new Pointer(address).getByteBuffer(0, size);
  }

  private static native long syscall(long number, long a, long b, long c, long d, long e, long f);
}
