package dev.overlays.linux.namespace;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A wait with an end. An interrupt does not cut it off, since what is waited for takes some
 * milliseconds as a rule, and a thread that was interrupted has to clean up too: it only shortens
 * what is left to a quarter of the limit. The thread stays interrupted.
 */
final class BoundedWait {
  private static final int SHARE = 4;

  private final long limit;

  /** Makes a wait of at most this time. */
  BoundedWait(Duration limit) {
    this.limit = limit.toNanos();
  }

  /** What is waited for. */
  @FunctionalInterface
  interface WaitAttempt {
    /** Waits for at most some nanoseconds, and tells whether it has come. */
    boolean awaitNanos(long nanos) throws InterruptedException;
  }

  /** Returns the wait that an impatient caller has: a quarter of this. */
  BoundedWait shortenedWait() {
    return new BoundedWait(Duration.ofNanos(limit / SHARE));
  }

  /** Waits, and tells whether it has come in time. */
  boolean waitUntil(WaitAttempt attempt) {
    long end = System.nanoTime() + limit;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return attempt.awaitNanos(Math.max(0, end - System.nanoTime()));
        } catch (InterruptedException e) {
          end = Math.min(end, System.nanoTime() + limit / SHARE);
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits until a process has ended, and tells whether it has. */
  boolean untilEndOf(Process process) {
    return waitUntil(nanos -> process.waitFor(nanos, TimeUnit.NANOSECONDS));
  }
}
