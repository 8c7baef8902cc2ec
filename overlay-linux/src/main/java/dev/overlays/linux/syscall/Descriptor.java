package dev.overlays.linux.syscall;

import dev.overlays.layer.PathBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor that is closed exactly once. The kernel reuses the number of a closed
 * descriptor, so a call with a stale number would work on an unrelated file. Therefore {@link
 * #attemptOn} counts the calls in progress: no call begins after {@link #close()}, and the number
 * is returned to the kernel when the last call has ended.
 */
public class Descriptor implements AutoCloseable {
  private static final int PATH_SIZE = 4096;

  /** Set by {@link #close()}; the lower bits count the calls in progress. */
  private static final int CLOSED = 1 << 31;

  /** Set by the thread that returns the number, so that no other thread does. */
  private static final int RETURNED = CLOSED | 1 << 30;

  /** Set while the number has been returned temporarily. */
  private static final int PARKED = CLOSED | 1 << 29;

  /** No field with an updater, whose reflection takes a millisecond of the first mount. */
  private final AtomicInteger state = new AtomicInteger();

  private int number;
  private volatile boolean locked;

  /**
   * Takes over an open descriptor.
   *
   * @param number its number
   */
  public Descriptor(long number) {
    this.number = (int) number;
  }

  /**
   * Opens a path; symbolic links are followed unless the flags say otherwise.
   *
   * @param path an absolute path
   * @param flags of {@link OpenFlags}; closing on exec is added
   * @return the descriptor
   * @throws SyscallException if it cannot be opened
   */
  public static Descriptor open(Path path, int flags) throws SyscallException {
    return open(PathBytes.of(path.toAbsolutePath()), flags);
  }

  /**
   * Opens a path; symbolic links are followed unless the flags say otherwise.
   *
   * @param path the bytes of an absolute path
   * @param flags of {@link OpenFlags}; closing on exec is added
   * @return the descriptor
   * @throws SyscallException if it cannot be opened
   */
  public static Descriptor open(byte[] path, int flags) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long address = scratch.putString(path);
      return new Descriptor(
          Kernel.call(Syscall.OPENAT, Kernel.AT_FDCWD, address, flags | OpenFlags.CLOEXEC, 0));
    }
  }

  /**
   * Opens a path relative to this directory.
   *
   * @param name the bytes of the name or relative path
   * @param flags of {@link OpenFlags}; closing on exec is added
   * @return the descriptor
   * @throws SyscallException if it cannot be opened, or this is closed
   */
  public Descriptor openAt(byte[] name, int flags) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return new Descriptor(
          callOn(Syscall.OPENAT, scratch.putString(name), flags | OpenFlags.CLOEXEC, 0));
    }
  }

  /**
   * Returns the number, for a path or a structure that names this descriptor. A caller that shares
   * it with other threads {@linkplain #holdUse() holds} it meanwhile.
   *
   * @return the number, valid until this is closed
   * @throws IllegalStateException if it is closed
   */
  public final int number() {
    int now = state.get();
    if ((now & RETURNED) == RETURNED || isParked(now)) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return number;
  }

  /**
   * Returns whether {@link #close()} has been called.
   *
   * @return whether no further call can begin
   */
  public final boolean isClosed() {
    int now = state.get();
    return now < 0 && !isParked(now);
  }

  /**
   * Keeps the number open until {@link #releaseUse()}.
   *
   * @return false if this is closed already; then it must be neither used nor released
   */
  public final boolean holdUse() {
    return holdOrErrno() == 0;
  }

  /**
   * Does the same as {@link #holdUse()}, and returns the reason if it cannot be held.
   *
   * @return 0, or the negative error number: that of EBADF if this is closed
   */
  public final long holdOrErrno() {
    while (true) {
      int before = state.getAndIncrement();
      if (before >= 0) {
        return 0;
      }
      releaseUse();
      if (!isParked(before)) {
        return -Errno.EBADF.number();
      }
      long result = reopenParked();
      if (result < 0) {
        return result;
      }
    }
  }

  /**
   * Holds it only if it is open and not parked.
   *
   * @return whether it is held
   */
  protected final boolean holdIfOpen() {
    if (state.getAndIncrement() >= 0) {
      return true;
    }
    releaseUse();
    return false;
  }

  /** Ends what {@link #holdUse()} began, in a {@code finally}. */
  public final void releaseUse() {
    if (state.decrementAndGet() == CLOSED) {
      giveBack();
    }
  }

  private void giveBack() {
    if (state.compareAndSet(CLOSED, RETURNED)) {
      if (locked) {
        DescriptorLock.unlockFile(number);
      }
      returnNumber();
    }
  }

  /** Records that a lock was taken, which {@link #close()} releases. */
  final void markLocked() {
    locked = true;
  }

  /** Returns the number to the kernel. Called once, after the last use. */
  protected void returnNumber() {
    Kernel.attempt(Syscall.CLOSE, number);
  }

  private static boolean isParked(int state) {
    return (state & (RETURNED | PARKED)) == PARKED;
  }

  /**
   * Returns whether it is parked, that is, has no number at the moment.
   *
   * @return whether {@link #reopenParked} has to be called before it can be used
   */
  protected final boolean isParked() {
    return isParked(state.get());
  }

  /**
   * Parks the descriptor, which then has no number, unless it is in use or closed. The caller
   * closes the number {@link #lastNumber()}.
   *
   * @return whether it is parked now; then it has to end by {@link #resumeWith} or {@link #close()}
   */
  protected final boolean parkNumber() {
    return state.compareAndSet(0, PARKED);
  }

  /**
   * Returns the current number or, of a parked descriptor, the last one.
   *
   * @return a number that may belong to another file by now
   */
  protected final int lastNumber() {
    return number;
  }

  /**
   * Gives a parked descriptor a number again.
   *
   * @param newNumber an open descriptor of the same file
   */
  protected final void resumeWith(long newNumber) {
    number = (int) newNumber;
    // Another thread that tries to hold it may be counted for a moment.
    state.addAndGet(-PARKED);
  }

  /**
   * Opens the file of a parked descriptor again, before it is used. Several threads may call this
   * at once.
   *
   * @return a negative error number if the file cannot be opened
   */
  protected long reopenParked() {
    return -Errno.EBADF.number();
  }

  /**
   * Makes a call whose first argument is this descriptor.
   *
   * @param call which call
   * @param args up to five further arguments
   * @return what it returned, or the negative error number: that of EBADF if this is closed
   */
  public long attemptOn(Syscall call, long... args) {
    return attemptOn(
        call,
        Kernel.argumentAt(args, 0),
        Kernel.argumentAt(args, 1),
        Kernel.argumentAt(args, 2),
        Kernel.argumentAt(args, 3),
        Kernel.argumentAt(args, 4));
  }

  /**
   * Does the same without an array, for calls that are made for each entry of a tree.
   *
   * @param call which call
   * @param b the second argument; this and the following are 0 where the call takes fewer
   * @param c the third
   * @param d the fourth
   * @param e the fifth
   * @param f the sixth
   * @return what it returned, or the negative error number
   */
  public long attemptOn(Syscall call, long b, long c, long d, long e, long f) {
    long refused = holdOrErrno();
    if (refused < 0) {
      return refused;
    }
    try {
      return Kernel.attempt(call, number, b, c, d, e, f);
    } finally {
      releaseUse();
    }
  }

  /**
   * Makes a call that takes two descriptors, this one first and another as the third argument.
   *
   * @param call which call
   * @param b the second argument
   * @param other the descriptor for the third
   * @param d the fourth argument; this and the following are 0 where the call takes fewer
   * @param e the fifth
   * @param f the sixth
   * @return what it returned, or the negative error number: that of EBADF if one of the two is
   *     closed
   */
  public long attemptOn(Syscall call, long b, Descriptor other, long d, long e, long f) {
    long refused = other.holdOrErrno();
    if (refused < 0) {
      return refused;
    }
    try {
      return attemptOn(call, b, other.number, d, e, f);
    } finally {
      other.releaseUse();
    }
  }

  /**
   * Makes a call that should succeed, whose first argument is this descriptor.
   *
   * @param call which call
   * @param args up to five further arguments
   * @return what it returned, never negative
   * @throws SyscallException if it fails, or this is closed
   */
  public long callOn(Syscall call, long... args) throws SyscallException {
    return Kernel.requireSuccess(call, attemptOn(call, args));
  }

  /**
   * Returns the magic link of the descriptor.
   *
   * @return the bytes of its name
   */
  public byte[] magicLink() {
    return ("/proc/self/fd/" + number()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns a path to the directory of this descriptor, for this process and its children. It works
   * for a directory of a mount that is attached nowhere, too.
   *
   * @return an absolute path, valid until this is closed
   */
  public Path pathOfDirectory() {
    // Without the dot, a walk that follows no links would stop at this magic link.
    String pid = Long.toString(ProcessHandle.current().pid());
    return Path.of("/proc", pid, "fd", Integer.toString(number()), ".");
  }

  /**
   * Returns the path of the open file, without symbolic links.
   *
   * @return an absolute path
   * @throws SyscallException if the kernel does not return it
   */
  public Path targetPath() throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long link = scratch.putString(magicLink());
      long length =
          Kernel.call(Syscall.READLINKAT, Kernel.AT_FDCWD, link, scratch.dataPointer(), PATH_SIZE);
      return PathBytes.toPath(scratch.readData((int) length));
    }
  }

  /**
   * Closes the descriptor and ignores errors of earlier writes that close(2) reports. Calls in
   * progress in other threads complete undisturbed; this method does not wait for them.
   */
  @Override
  public void close() {
    int before = state.get();
    while (!state.compareAndSet(before, closedState(before))) {
      before = state.get();
    }
    if (before == 0) {
      giveBack();
    }
  }

  private static int closedState(int state) {
    return isParked(state) ? state - PARKED + RETURNED : state | CLOSED;
  }
}
