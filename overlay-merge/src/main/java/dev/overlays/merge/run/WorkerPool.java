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

/** The threads of an engine. A single worker is the calling thread. */
public final class WorkerPool implements Closeable {
  /** With so many tasks waiting, a worker runs the next one itself. */
  private static final int MOST_WAITING = 4;

  private final ForkJoinPool pool;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** The number of strands that only the end of the run waits for. */
  private final AtomicInteger outstanding = new AtomicInteger();

  private volatile CountDownLatch allEnded;

  public WorkerPool(int count) {
    pool = count > 1 ? new ForkJoinPool(count) : null;
  }

  public boolean hasSeveral() {
    return pool != null;
  }

  /** Runs a whole walk, and throws what the first failing worker threw. */
  public void run(TreeWalk.WalkStep whole) throws IOException {
    if (pool == null) {
      new WalkStrand(this, whole, () -> {}).run();
    } else {
      allEnded = new CountDownLatch(1);
      outstanding.set(1);
      pool.execute(new ForkedStrand(new WalkStrand(this, whole, this::strandEnded)));
      awaitEnd();
    }
    throwFailure();
  }

  /** Starts a part that only the end of the run waits for. */
  public void runAside(TreeWalk.WalkStep part) {
    outstanding.incrementAndGet();
    forkStrand(new WalkStrand(this, part, this::strandEnded));
  }

  private void strandEnded() {
    if (outstanding.decrementAndGet() == 0) {
      allEnded.countDown();
    }
  }

  /** Waits through interrupts: an interrupt asks for cancellation, which each worker checks. */
  private void awaitEnd() {
    boolean interrupted = false;
    while (allEnded.getCount() > 0) {
      try {
        allEnded.await();
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

  /** Whether another worker can take a task. */
  public boolean hasRoom() {
    return pool != null
        && ForkJoinTask.inForkJoinPool()
        && ForkJoinTask.getSurplusQueuedTaskCount() < MOST_WAITING;
  }

  /** Whether a worker has failed, so that the others have to stop. */
  public boolean hasFailed() {
    return failure.get() != null;
  }

  /** Records the first failure. */
  void recordFailure(Throwable thrown) {
    failure.compareAndSet(null, thrown);
  }

  /** Throws if another worker has failed. */
  public void throwIfFailed() throws IOException {
    if (hasFailed()) {
      throw new OtherFailureException();
    }
  }

  /** Ends a strand. The worker that has failed reports the cause. */
  static final class OtherFailureException extends IOException {
    private static final long serialVersionUID = 1L;

    OtherFailureException() {
      super("another worker has failed");
    }
  }

  /** Whether this thread takes tasks from the front of the list; every second thread does. */
  boolean takesFromFront() {
    return !(Thread.currentThread() instanceof ForkJoinWorkerThread worker)
        || worker.getPoolIndex() % 2 == 0;
  }

  /** Lets any free worker start or resume a strand. */
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
