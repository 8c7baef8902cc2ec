package dev.overlays.testkit.union;

import java.io.IOException;

/** An error without a path; {@link JdkExceptions} translates it into the JDK's exception. */
final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1;

  private final ErrorNumber errno;

  ErrnoException(ErrorNumber errno) {
    super(errno.messageText());
    this.errno = errno;
  }

  ErrorNumber errno() {
    return errno;
  }
}
