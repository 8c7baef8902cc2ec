package dev.overlays.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Optional;

/**
 * The only place where this library makes system calls. Nothing is loaded before the first call, so
 * {@link #loadingFailure()} is the only place that reports a missing native library.
 *
 * <p>Every call goes through the C library's {@code syscall}, whose arguments have the width of a
 * register on both processors, so nothing depends on which calls that C library wraps.
 */
public final class Kernel {
  /** Relative paths start at the working directory: AT_FDCWD. */
  public static final int AT_FDCWD = -100;

  private Kernel() {}

  /**
   * Returns why this JVM cannot make system calls.
   *
   * @return the failure; empty if calls can be made
   */
  public static Optional<Throwable> loadingFailure() {
    return LibraryLoad.FAILURE;
  }

  /**
   * Makes a call that should succeed.
   *
   * @param call which call
   * @param args up to six arguments; addresses come from {@link ScratchMemory}
   * @return what it returned, never negative
   * @throws SyscallException if it fails
   */
  public static long call(Syscall call, long... args) throws SyscallException {
    return requireSuccess(call, attempt(call, args));
  }

  static long requireSuccess(Syscall call, long result) throws SyscallException {
    if (result < 0) {
      throw new SyscallException(call, (int) -result);
    }
    return result;
  }

  /**
   * Makes a call and returns its error instead of throwing it. Interrupted calls are repeated.
   *
   * @param call which call
   * @param args up to six arguments
   * @return what it returned, or the negative error number
   */
  public static long attempt(Syscall call, long... args) {
    return attempt(
        call,
        argumentAt(args, 0),
        argumentAt(args, 1),
        argumentAt(args, 2),
        argumentAt(args, 3),
        argumentAt(args, 4),
        argumentAt(args, 5));
  }

  /**
   * Does the same without an array, for calls that are made for each entry of a tree.
   *
   * @param call which call
   * @param a the first argument
   * @param b the second
   * @param c the third; this and the following are 0 where the call takes fewer
   * @param d the fourth
   * @param e the fifth
   * @param f the sixth
   * @return what it returned, or the negative error number
   */
  public static long attempt(Syscall call, long a, long b, long c, long d, long e, long f) {
    int number = call.number(LibraryLoad.MACHINE);
    while (true) {
      long result = NativeCall.syscall(number, a, b, c, d, e, f);
      if (result != -1) {
        return result;
      }
      int errno = Native.getLastError();
      // close(2) closes the descriptor even when it returns EINTR; the number may be reused by now.
      if (errno != Errno.EINTR.number() || call == Syscall.CLOSE) {
        return -errno;
      }
    }
  }

  static long argumentAt(long[] args, int index) {
    return index < args.length ? args[index] : 0;
  }

  /** Loads the native library once, and keeps the failure. */
  private static final class LibraryLoad {
    static final ProcessorType MACHINE = ProcessorType.currentType().orElse(null);
    static final Optional<Throwable> FAILURE = tryLoading();

    private static Optional<Throwable> tryLoading() {
      if (MACHINE == null) {
        return Optional.of(
            new UnsupportedOperationException(
                System.getProperty("os.name") + " on " + System.getProperty("os.arch")));
      }
      try {
        NativeCall.register();
        return Optional.empty();
      } catch (LinkageError | RuntimeException e) {
        return Optional.of(e);
      }
    }
  }

  /** The only native method of this library. */
  private static final class NativeCall {
    static void register() {
      // The process already contains the C library, so no path needs to be searched for it.
      Native.register(NativeCall.class, NativeLibrary.getProcess());
    }

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);
  }
}
