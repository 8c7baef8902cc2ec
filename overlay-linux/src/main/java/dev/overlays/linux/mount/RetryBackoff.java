package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.UnmountOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Tries again and again, at first soon, later less often. */
public final class RetryBackoff {
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * A process that has closed its output has not let go of its working directory yet, and the
   * kernel closes files a moment after their process has ended.
   */
  private static final Duration SHORTEST_PATIENCE = Duration.ofMillis(50);

  /** Others look through all mounts when they merge, and have each of them open meanwhile. */
  private static final Duration PATIENCE_WITH_UNNAMED_HOLDERS = Duration.ofSeconds(1);

  /** A search through all mounts has a root open for milliseconds, on a busy machine for more. */
  private static final Duration GLANCE = Duration.ofMillis(200);

  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private RetryBackoff() {}

  /** What may succeed later. */
  @FunctionalInterface
  public interface RetriedAttempt extends AnyAttempt<OverlayException> {

    /**
     * Makes one attempt.
     *
     * @return whether it has succeeded
     * @throws OverlayException if it never will
     */
    @Override
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
  public static boolean retryWithin(UnmountOptions options, RetriedAttempt attempt)
      throws OverlayException {
    boolean tooShort = !options.lazy() && options.patience().compareTo(SHORTEST_PATIENCE) < 0;
    return retryWithin(tooShort ? SHORTEST_PATIENCE : options.patience(), attempt);
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
  public static boolean retryUnmount(
      UnmountOptions options, RetriedAttempt attempt, Supplier<List<Problem>> holders)
      throws OverlayException {
    return retryWithin(options, attempt)
        || (!options.lazy()
            && holders.get().isEmpty()
            && retryWithin(PATIENCE_WITH_UNNAMED_HOLDERS, attempt));
  }

  static boolean retryWithin(Duration patience, RetriedAttempt attempt) throws OverlayException {
    return retry(patience, attempt);
  }

  /**
   * Waits until those are gone who only glance at a view, as a search through all mounts does.
   *
   * @param gone whether nobody of them is left
   */
  static void awaitGlances(BooleanSupplier gone) {
    retry(GLANCE, gone::getAsBoolean);
  }

  /** An attempt that throws what it likes. */
  private interface AnyAttempt<E extends Exception> {
    boolean succeeds() throws E;
  }

  private static <E extends Exception> boolean retry(Duration patience, AnyAttempt<E> attempt)
      throws E {
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
