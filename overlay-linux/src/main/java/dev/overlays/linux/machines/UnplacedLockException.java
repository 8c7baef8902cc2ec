package dev.overlays.linux.machines;

import java.io.IOException;

/** Thrown when a lower has no place for a lock file; its message says why. */
final class UnplacedLockException extends IOException {
  private static final long serialVersionUID = 1L;

  UnplacedLockException(String why) {
    super(why);
  }
}
