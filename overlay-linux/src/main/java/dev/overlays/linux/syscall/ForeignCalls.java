package dev.overlays.linux.syscall;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Calls of the C library through java.lang.foreign. They go through constant method handles, which
 * the JIT compiles as it compiles a direct call.
 */
final class ForeignCalls {
  private static final int ERRNO_SIZE = 4;

  /** The only function that is linked: each one takes tens of milliseconds. */
  private static final MethodHandle SYSCALL = ForeignLinker.linkSystemCall();

  private static final ThreadLocal<ErrnoMemory> ERRNO =
      new ThreadLocal<>() {
        @Override
        protected ErrnoMemory initialValue() {
          return new ErrnoMemory();
        }
      };

  private ForeignCalls() {}

  /** Links the functions, which the static initializer does. */
  static void link() {}

  /** Makes a system call; returns its result, or the negative error number. */
  static long call(long number, long a, long b, long c, long d, long e, long f) {
    ErrnoMemory errno = ERRNO.get();
    long result;
    try {
      result = (long) SYSCALL.invokeExact(errno.segment, number, a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw unexpectedFailure(thrown);
    }
    return result == -1 ? -errno.value.getInt(0) : result;
  }

  /** Returns a buffer of memory that was allocated. */
  static ByteBuffer bufferAt(long address, int size) {
    return ForeignLinker.bufferAt(address, size);
  }

  /** A call of the C library throws nothing, so this is an error of the JVM. */
  private static RuntimeException unexpectedFailure(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException exception
        ? exception
        : new IllegalStateException(thrown);
  }

  /** Where the JVM stores errno after a call of one thread. */
  private static final class ErrnoMemory {
    private final ByteBuffer value =
        ByteBuffer.allocateDirect(ERRNO_SIZE).order(ByteOrder.nativeOrder());
    private final MemorySegment segment = MemorySegment.ofBuffer(value);
  }
}
