package dev.overlays.linux.machines;

import dev.overlays.Problem;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * An exclusive lock that a server may give up while this machine has no network. Whoever asks the
 * server at most a second ago knows that it still has it, because servers wait longer than that for
 * a machine that they do not hear of.
 */
final class HeldClaim {
  private static final Duration TRUSTED = Duration.ofSeconds(1);

  private final LowerLock lock;
  private final Path path;
  private volatile long confirmed = System.nanoTime();

  HeldClaim(LowerLock lock, Path path) {
    this.lock = lock;
    this.path = path;
  }

  /** Returns the problem if the server has given it up; that does not change any more. */
  Optional<Problem> findLost() {
    long now = System.nanoTime();
    if (now - confirmed < TRUSTED.toNanos()) {
      return Optional.empty();
    }
    try {
      if (!lock.isStillClaimed()) {
        return Optional.of(LockProblems.lockLost(path, "the server does not know the lock"));
      }
      confirmed = now;
      return Optional.empty();
    } catch (SyscallException e) {
      return Optional.of(LockProblems.lockLost(path, e.errno().text()));
    }
  }
}
