package dev.overlays.merge.oci.registry;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends a wait for the other side when nothing has come or gone for some time. It counts only while
 * somebody waits; a caller that takes its time is not silence.
 */
final class SilenceWatch implements Closeable {
  private static final int CHECKS = 4;
  private static final ScheduledThreadPoolExecutor TIMER = createTimer();

  private final long limitNanos;
  private final Runnable ending;
  private final ScheduledFuture<?> checks;
  private boolean waiting;
  private boolean silent;
  private boolean closed;
  private long since;

  private SilenceWatch(Duration limit, Runnable ending) {
    this.limitNanos = limit.toNanos();
    this.ending = ending;
    long interval = Math.max(1, limitNanos / CHECKS);
    this.checks =
        TIMER.scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.NANOSECONDS);
  }

  private static ScheduledThreadPoolExecutor createTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "overlays-registry-silence");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /**
   * Starts a watch.
   *
   * @param limit how long the other side may be silent
   * @param ending makes the wait end, and is called once at most, never after {@link #close()}
   */
  static SilenceWatch start(Duration limit, Runnable ending) {
    return new SilenceWatch(limit, ending);
  }

  private synchronized void check() {
    if (waiting && !silent && !closed && System.nanoTime() - since >= limitNanos) {
      silent = true;
      ending.run();
    }
  }

  /** A wait begins, or something has come or gone. */
  synchronized void beginWait() {
    waiting = true;
    since = System.nanoTime();
  }

  synchronized void endWait() {
    waiting = false;
  }

  /** Whether a wait was ended. */
  synchronized boolean wasSilent() {
    return silent;
  }

  @Override
  public synchronized void close() {
    closed = true;
    checks.cancel(false);
  }
}
