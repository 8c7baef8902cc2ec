package dev.overlays.linux.syscall;

import java.io.IOException;

/** Thrown when a system call fails. */
public final class SyscallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  /**
   * Makes an exception for a failed call.
   *
   * @param call which call
   * @param number the error number, positive
   */
  public SyscallException(Syscall call, int number) {
    super(describe(call, number));
    this.errno = Errno.of(number);
  }

  /**
   * Returns why the call failed.
   *
   * @return the error
   */
  public Errno errno() {
    return errno;
  }

  private static String describe(Syscall call, int number) {
    Errno errno = Errno.of(number);
    String name = errno == Errno.OTHER ? "errno " + number : errno.name();
    return call + ": " + errno.text() + " (" + name + ")";
  }
}
