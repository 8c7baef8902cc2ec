package dev.overlays.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Optional;

/**
 * The one seam between this library and the machine: every system call goes through here. Nothing
 * is loaded before the first call, so a missing native library is found by {@link #unavailable()}
 * and nowhere else.
 *
 * <p>All goes through the C library's {@code syscall}, whose arguments are registers' width on both
 * processors; so nothing depends on which calls that C library wraps.
 */
public final class Kernel {
  /** Relative paths start at the working directory: AT_FDCWD. */
  public static final int AT_FDCWD = -100;

  private Kernel() {}

  /**
   * Tells why no system call can be made in this JVM.
   *
   * @return the reason in words; empty if calls can be made
   */
  public static Optional<Throwable> unavailable() {
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
    return succeeded(call, attempt(call, args));
  }

  static long succeeded(Syscall call, long result) throws SyscallException {
    if (result < 0) {
      throw new SyscallException(call, (int) -result);
    }
    return result;
  }

  /**
   * Makes a call whose failure is an answer. Interrupted calls are made again.
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
   * Does the same without an array, for what is called once an entry of a tree.
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
      // close(2) has closed the descriptor even when it says EINTR; another may have the number
      // now.
      if (errno != Errno.EINTR.number() || call == Syscall.CLOSE) {
        return -errno;
      }
    }
  }

  static long argumentAt(long[] args, int index) {
    return index < args.length ? args[index] : 0;
  }

  /** Loads the native part once, and remembers why it could not be. */
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
      // Of the process itself, which has the C library: no path has to be looked through for it.
      Native.register(NativeCall.class, NativeLibrary.getProcess());
    }

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);
  }
}
