package dev.overlays.linux.syscall;

import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * Calls of the C library through java.lang.foreign. They go through constant method handles, which
 * the JIT compiles as it compiles a direct call.
 */
final class ForeignCalls {
  private static final int ARGUMENTS = 7;
  private static final int ERRNO_SIZE = 4;

  private static final MethodHandle SYSCALL;
  private static final MethodHandle MALLOC;

  static {
    try {
      SYSCALL = ForeignLinker.link("syscall", ARGUMENTS, true);
      MALLOC = ForeignLinker.link("malloc", 1, false);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final ThreadLocal<ErrnoMemory> ERRNO = ThreadLocal.withInitial(ErrnoMemory::new);

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

  /** Allocates memory; returns its address, or 0 if there is none. */
  static long allocate(int size) {
    try {
      return (long) MALLOC.invokeExact((long) size);
    } catch (Throwable thrown) {
      throw unexpectedFailure(thrown);
    }
  }

  /** Returns a buffer of memory that was allocated. */
  static ByteBuffer bufferAt(long address, int size) {
    try {
      return ForeignLinker.bufferOf(ForeignLinker.segmentAt(address, size));
    } catch (ReflectiveOperationException e) {
      throw unexpectedFailure(e);
    }
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
    private final Object segment;
    private final ByteBuffer value;

    ErrnoMemory() {
      try {
        segment = ForeignLinker.allocateSegment(ERRNO_SIZE);
        value = ForeignLinker.bufferOf(segment);
      } catch (ReflectiveOperationException e) {
        throw unexpectedFailure(e);
      }
    }
  }
}
