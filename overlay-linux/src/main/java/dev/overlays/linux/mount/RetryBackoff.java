package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.UnmountOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tries again and again, at first soon, later less often. */
public final class RetryBackoff {
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * A process that has closed its output has not let go of its working directory yet, and the
   * kernel closes files a moment after their process has ended.
   */
  private static final Duration GRACE = Duration.ofMillis(50);

  /** Others look through all mounts when they merge, and have each of them open meanwhile. */
  private static final Duration NOBODY_NAMED = Duration.ofSeconds(1);

  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private RetryBackoff() {}

  /** What may succeed later. */
  @FunctionalInterface
  public interface RetriedAttempt {

    /**
     * Makes one attempt.
     *
     * @return whether it has succeeded
     * @throws OverlayException if it never will
     */
    boolean succeeds() throws OverlayException;
  }

  /**
   * Tries until it succeeds, the patience of a caller is at its end, or the thread is interrupted,
   * which it stays then. Tries once at least, and for some ten milliseconds unless what comes then
   * is a lazy unmount.
   *
   * @param options whose patience it is
   * @param attempt what is tried
   * @return whether it has succeeded
   * @throws OverlayException what the attempt throws
   */
  public static boolean of(UnmountOptions options, RetriedAttempt attempt) throws OverlayException {
    boolean tooShort = !options.lazy() && options.patience().compareTo(GRACE) < 0;
    return of(tooShort ? GRACE : options.patience(), attempt);
  }

  /**
   * Does the same with an unmount, and goes on for a second where nobody can be named who uses the
   * view: then somebody only looks at it, or has just ended.
   *
   * @param options whose patience it is
   * @param attempt what is tried
   * @param holders who uses the view
   * @return whether it has succeeded
   * @throws OverlayException what the attempt throws
   */
  public static boolean ofUnmount(
      UnmountOptions options, RetriedAttempt attempt, Supplier<List<Problem>> holders)
      throws OverlayException {
    return of(options, attempt)
        || (!options.lazy() && holders.get().isEmpty() && of(NOBODY_NAMED, attempt));
  }

  static boolean of(Duration patience, RetriedAttempt attempt) throws OverlayException {
    long start = System.nanoTime();
    long pause = FIRST_PAUSE;
    while (!attempt.succeeds()) {
      long left = patience.toNanos() - (System.nanoTime() - start);
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      pauseFor(Math.min(pause, left));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    return true;
  }

  private static void pauseFor(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
