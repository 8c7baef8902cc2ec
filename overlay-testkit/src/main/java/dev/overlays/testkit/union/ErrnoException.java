package dev.overlays.testkit.union;

import java.io.IOException;

/** An error without a path; {@link Failures} translates it into the JDK's exception. */
final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1;

  private final Errno errno;

  ErrnoException(Errno errno) {
    super(errno.text());
    this.errno = errno;
  }

  Errno errno() {
    return errno;
  }
}
