package dev.overlays.linux.namespace;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A wait with a time limit. An interrupt does not end it, since the awaited event usually takes a
 * few milliseconds and an interrupted thread has to clean up, too: it only reduces the remaining
 * time to a quarter of the limit. The thread stays interrupted.
 */
final class BoundedWait {
  private static final int SHARE = 4;

  private final long limit;

  /** Makes a wait with a limit. */
  BoundedWait(Duration limit) {
    this.limit = limit.toNanos();
  }

  /** The event that is awaited. */
  @FunctionalInterface
  interface WaitAttempt {
    /** Waits for at most some nanoseconds; returns whether the event has happened. */
    boolean awaitNanos(long nanos) throws InterruptedException;
  }

  /** Returns a wait with a quarter of this limit. */
  BoundedWait shortenedWait() {
    return new BoundedWait(Duration.ofNanos(limit / SHARE));
  }

  /** Waits; returns whether the event has happened in time. */
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

  /** Waits until a process has ended; returns whether it has. */
  boolean awaitEnd(Process process) {
    return waitUntil(nanos -> process.waitFor(nanos, TimeUnit.NANOSECONDS));
  }
}
