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

  /** Whether a wait is ended by an interruption, which may come when the wait is over already. */
  private final boolean interrupts;

  private final ScheduledFuture<?> checks;
  private boolean waiting;
  private boolean silent;
  private boolean closed;
  private long since;

  private SilenceWatch(Duration limit, Runnable ending, boolean interrupts) {
    this.limitNanos = limit.toNanos();
    this.ending = ending;
    this.interrupts = interrupts;
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
    return new SilenceWatch(limit, ending, false);
  }

  /**
   * Starts a watch over the waits of this thread, which interrupts it. The thread closes the watch
   * itself, and is not interrupted by it afterwards.
   *
   * @param limit how long the other side may be silent
   */
  static SilenceWatch interruptingCaller(Duration limit) {
    return new SilenceWatch(limit, Thread.currentThread()::interrupt, true);
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
    if (interrupts && silent) {
      Thread.interrupted();
    }
  }
}
