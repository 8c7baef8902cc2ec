package dev.overlays.linux.syscall;

import java.io.IOException;

/** Thrown when a system call fails. */
public final class SyscallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Syscall call;
  private final Errno errno;

  /**
   * Makes an exception for a failed call.
   *
   * @param call which call
   * @param number the error number, positive
   */
  public SyscallException(Syscall call, int number) {
    super(describeFailure(call, number));
    this.call = call;
    this.errno = Errno.of(number);
  }

  /**
   * Makes an exception for a call whose result lacks what was asked for.
   *
   * @param call which call
   * @param missing what it does not return
   */
  SyscallException(Syscall call, String missing) {
    super(call + ": the kernel does not report " + missing);
    this.call = call;
    this.errno = Errno.OTHER;
  }

  /**
   * Returns which call failed.
   *
   * @return the call
   */
  public Syscall call() {
    return call;
  }

  /**
   * Returns why the call failed.
   *
   * @return the error
   */
  public Errno errno() {
    return errno;
  }

  private static String describeFailure(Syscall call, int number) {
    Errno errno = Errno.of(number);
    String name = errno == Errno.OTHER ? "errno " + number : errno.name();
    return call + ": " + errno.text() + " (" + name + ")";
  }
}
