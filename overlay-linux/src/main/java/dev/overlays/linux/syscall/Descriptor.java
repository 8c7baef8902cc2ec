package dev.overlays.linux.syscall;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * An open descriptor, closed once. The kernel gives the number of a closed one to whoever opens
 * something next, so a call with a stale number would work on a stranger's file. Therefore {@link
 * #attemptOn} counts the calls that are under way: after {@link #close()} no call begins, and the
 * number is given back when the last one that had begun has ended.
 */
public class Descriptor implements AutoCloseable {
  private static final int PATH_SIZE = 4096;

  private static final AtomicIntegerFieldUpdater<Descriptor> STATE =
      AtomicIntegerFieldUpdater.newUpdater(Descriptor.class, "state");

  /** Set by {@link #close()}; below it the calls that are still under way are counted. */
  private static final int CLOSED = 1 << 31;

  /** Set by whoever gives the number back, so that nobody else does. */
  private static final int RETURNED = CLOSED | 1 << 30;

  /** Set while the number has been given back for a time only. */
  private static final int PARKED = CLOSED | 1 << 29;

  private int number;
  private volatile boolean locked;
  private volatile int state;

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
   * Opens what is below this directory.
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
   * Returns the number, for a path or a structure that names this descriptor. Whoever shares it
   * with other threads {@linkplain #holdUse() holds} it meanwhile.
   *
   * @return the number, good until this is closed
   * @throws IllegalStateException if it is closed
   */
  public final int number() {
    int now = state;
    if ((now & RETURNED) == RETURNED || isParked(now)) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return number;
  }

  /**
   * Tells whether {@link #close()} has been called.
   *
   * @return whether no call begins any more
   */
  public final boolean isClosed() {
    int now = state;
    return now < 0 && !isParked(now);
  }

  /**
   * Keeps the number from being given back until {@link #releaseUse()}.
   *
   * @return false if this is closed already, and must not be used nor released
   */
  public final boolean holdUse() {
    return holdOrTell() == 0;
  }

  /**
   * Does the same as {@link #holdUse()}, and tells why it cannot be held.
   *
   * @return 0, or the negative error number: that of EBADF if this is closed
   */
  public final long holdOrTell() {
    while (true) {
      int before = STATE.getAndIncrement(this);
      if (before >= 0) {
        return 0;
      }
      releaseUse();
      if (!isParked(before)) {
        return -Errno.EBADF.number();
      }
      long result = reopenHandle();
      if (result < 0) {
        return result;
      }
    }
  }

  /**
   * Holds it if it is open and has its number, so that nothing has to be done for that.
   *
   * @return whether it is held
   */
  protected final boolean holdIfOpen() {
    if (STATE.getAndIncrement(this) >= 0) {
      return true;
    }
    releaseUse();
    return false;
  }

  /** Ends what {@link #holdUse()} began, in a {@code finally}. */
  public final void releaseUse() {
    if (STATE.decrementAndGet(this) == CLOSED) {
      giveBack();
    }
  }

  private void giveBack() {
    if (STATE.compareAndSet(this, CLOSED, RETURNED)) {
      if (locked) {
        FileLock.unlockFile(number);
      }
      returnNumber();
    }
  }

  /** Told when it has a lock, which goes with it. */
  final void lockedOnce() {
    locked = true;
  }

  /** Gives the number back to the kernel. Called once, after the last use. */
  protected void returnNumber() {
    Kernel.attempt(Syscall.CLOSE, number);
  }

  private static boolean isParked(int state) {
    return (state & (RETURNED | PARKED)) == PARKED;
  }

  /**
   * Tells whether it has no number for a time.
   *
   * @return whether {@link #reopenHandle} has to be called before it can be used
   */
  protected final boolean isParked() {
    return isParked(state);
  }

  /**
   * Begins a time in which it has no number, unless it is in use or closed. Its number is {@link
   * #lastNumber()} still, and the caller's to close.
   *
   * @return whether that has begun: then it has to end by {@link #resumeWith} or {@link #close()}
   */
  protected final boolean parkDescriptor() {
    return STATE.compareAndSet(this, 0, PARKED);
  }

  /**
   * Returns the number that it has or had last.
   *
   * @return a number that may be somebody else's by now
   */
  protected final int lastNumber() {
    return number;
  }

  /**
   * Ends the time in which it has no number.
   *
   * @param newNumber an open descriptor of the same file
   */
  protected final void resumeWith(long newNumber) {
    number = (int) newNumber;
    // Somebody who tries to hold it may be counted for a moment.
    STATE.addAndGet(this, -PARKED);
  }

  /**
   * Called before a use while it has no number, to open the file again. May be called by several
   * threads.
   *
   * @return a negative error number if that cannot be
   */
  protected long reopenHandle() {
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
   * Does the same without an array, for what is called once an entry of a tree.
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
    long refused = holdOrTell();
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
    long refused = other.holdOrTell();
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
    return Kernel.succeeded(call, attemptOn(call, args));
  }

  /**
   * Returns the magic link that leads where the descriptor does.
   *
   * @return the bytes of its name
   */
  public byte[] magicLink() {
    return ("/proc/self/fd/" + number()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns a path that leads where the descriptor of a directory does, for this process and its
   * children; also for what is mounted nowhere.
   *
   * @return an absolute path, good until this is closed
   */
  public Path pathOfDirectory() {
    // A magic link: without the dot a walk that does not follow links would stop at it.
    String pid = Long.toString(ProcessHandle.current().pid());
    return Path.of("/proc", pid, "fd", Integer.toString(number()), ".");
  }

  /**
   * Returns where the descriptor leads, without symbolic links.
   *
   * @return an absolute path
   * @throws SyscallException if it cannot be told
   */
  public Path procPath() throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long link = scratch.putString(magicLink());
      long length =
          Kernel.call(Syscall.READLINKAT, Kernel.AT_FDCWD, link, scratch.dataPointer(), PATH_SIZE);
      return PathBytes.toPath(scratch.readData((int) length));
    }
  }

  /**
   * Closes the descriptor; what close(2) says of earlier writes does not matter here. Calls of
   * other threads that have begun end undisturbed, and this does not wait for them.
   */
  @Override
  public void close() {
    if (STATE.getAndUpdate(this, Descriptor::closedNumber) == 0) {
      giveBack();
    }
  }

  private static int closedNumber(int state) {
    return isParked(state) ? state - PARKED + RETURNED : state | CLOSED;
  }
}
