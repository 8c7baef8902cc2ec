package dev.overlays.merge.run;

import dev.overlays.layer.TreeWalk;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The threads of a merge. One worker is the thread that asks for it. */
public final class WorkerThreads implements Closeable {
  /** With more than so many tasks waiting, a worker does the next one itself. */
  private static final int WAITING = 4;

  private final ForkJoinPool pool;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** The strands that nobody joins. */
  private final AtomicInteger outstanding = new AtomicInteger();

  private volatile CountDownLatch latch;

  public WorkerThreads(int count) {
    pool = count > 1 ? new ForkJoinPool(count) : null;
  }

  public boolean areSeveral() {
    return pool != null;
  }

  /** Walks through the whole, and throws what the first worker threw that failed. */
  public void run(TreeWalk.Step whole) throws IOException {
    if (pool == null) {
      new WalkStrand(this, whole, () -> {}).run();
    } else {
      latch = new CountDownLatch(1);
      outstanding.set(1);
      pool.execute(new ForkedStrand(new WalkStrand(this, whole, this::strandEnded)));
      awaitEnd();
    }
    throwFailure();
  }

  /** Begins what nothing but the end of the whole waits for, where there is room for it. */
  public void putAside(TreeWalk.Step part) {
    outstanding.incrementAndGet();
    forkStrand(new WalkStrand(this, part, this::strandEnded));
  }

  private void strandEnded() {
    if (outstanding.decrementAndGet() == 0) {
      latch.countDown();
    }
  }

  /** An interrupt is a wish to cancel, which each worker looks for. */
  private void awaitEnd() {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void throwFailure() throws IOException {
    Throwable thrown = failure.get();
    if (thrown instanceof IOException e) {
      throw e;
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  /** Whether there is room for another task. */
  public boolean haveRoom() {
    return pool != null
        && ForkJoinTask.inForkJoinPool()
        && ForkJoinTask.getSurplusQueuedTaskCount() < WAITING;
  }

  /** Whether a worker has failed, so that the others are to stop. */
  public boolean haveFailed() {
    return failure.get() != null;
  }

  /** Remembers why the whole is to end. */
  void setFailed(Throwable thrown) {
    failure.compareAndSet(null, thrown);
  }

  /** Ends what one worker does when another has failed. */
  public void checkFailed() throws IOException {
    if (haveFailed()) {
      throw new OtherFailureException();
    }
  }

  /** Only ends a strand; what has happened another one tells. */
  static final class OtherFailureException extends IOException {
    private static final long serialVersionUID = 1L;

    OtherFailureException() {
      super("another worker has failed");
    }
  }

  /** Whether this thread takes tasks from the front of a list, as every second one does. */
  boolean startsInFront() {
    return !(Thread.currentThread() instanceof ForkJoinWorkerThread worker)
        || worker.getPoolIndex() % 2 == 0;
  }

  /** Lets whoever has time begin a strand, or go on with one. */
  void forkStrand(WalkStrand strand) {
    if (pool == null) {
      strand.run();
    } else {
      new ForkedStrand(strand).fork();
    }
  }

  /** A strand that any worker may take. */
  private static final class ForkedStrand extends RecursiveAction {
    private static final long serialVersionUID = 1L;

    private final transient WalkStrand strand;

    ForkedStrand(WalkStrand strand) {
      this.strand = strand;
    }

    @Override
    protected void compute() {
      strand.run();
    }
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.shutdown();
    }
  }
}
