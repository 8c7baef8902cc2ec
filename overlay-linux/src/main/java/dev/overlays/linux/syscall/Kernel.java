package dev.overlays.linux.syscall;

import dev.overlays.Problem;
import java.util.Optional;

/**
 * The only place where this library makes system calls: through java.lang.foreign, or through JNA
 * where the JVM has no such package. Nothing is loaded before the first call, so {@link
 * #linkingProblem()} is the only place that reports a missing native library.
 *
 * <p>Every call goes through the C library's {@code syscall}, whose arguments have the width of a
 * register on both processors, so nothing depends on which calls that C library wraps.
 */
public final class Kernel {
  /** Relative paths start at the working directory: AT_FDCWD. */
  public static final int AT_FDCWD = -100;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int NO_FILE = -1;

  private Kernel() {}

  /**
   * Returns why this JVM cannot make system calls.
   *
   * @return the problem; empty if calls can be made
   */
  public static Optional<Problem> linkingProblem() {
    return LibraryLink.PROBLEM;
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
    int number = call.number(LibraryLink.MACHINE);
    while (true) {
      long result =
          LibraryLink.FOREIGN
              ? ForeignCalls.call(number, a, b, c, d, e, f)
              : JnaCalls.call(number, a, b, c, d, e, f);
      // close(2) closes the descriptor even when it returns EINTR; the number may be reused by now.
      if (result != -Errno.EINTR.number() || call == Syscall.CLOSE) {
        return result;
      }
    }
  }

  /** Allocates memory for system calls, which is never freed. Source: mmap(2). */
  static ScratchMemory allocateScratch() {
    int size = ScratchMemory.SIZE;
    long address =
        attempt(Syscall.MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, NO_FILE, 0);
    if (address < 0) {
      throw new OutOfMemoryError("no native memory for a system call");
    }
    return new ScratchMemory(
        address,
        LibraryLink.FOREIGN
            ? ForeignCalls.bufferAt(address, size)
            : JnaCalls.bufferAt(address, size));
  }

  static long argumentAt(long[] args, int index) {
    return index < args.length ? args[index] : 0;
  }

  /** Links the C library once, and keeps the problem. */
  private static final class LibraryLink {
    static final ProcessorType MACHINE = ProcessorType.currentType().orElse(null);
    static final boolean FOREIGN;
    static final Optional<Problem> PROBLEM;

    static {
      NativeBridge seam = NativeBridge.JNA;
      Optional<Problem> problem = Optional.empty();
      try {
        seam = NativeBridge.ofChoice(System.getProperty(NativeBridge.PROPERTY, ""));
        link(seam);
      } catch (LinkageError | RuntimeException e) {
        problem = Optional.of(LinkingFailure.problemOf(e, seam));
      }
      FOREIGN = seam == NativeBridge.FOREIGN;
      PROBLEM = problem;
    }

    private static void link(NativeBridge seam) {
      if (MACHINE == null) {
        throw new UnsupportedOperationException(
            System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
      }
      if (seam == NativeBridge.FOREIGN) {
        ForeignCalls.link();
      } else {
        JnaCalls.link();
      }
    }
  }
}
