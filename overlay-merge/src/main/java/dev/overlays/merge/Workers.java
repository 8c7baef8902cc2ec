package dev.overlays.merge;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.atomic.AtomicReference;

/** The threads of a merge. One worker is the thread that asks for it. */
final class Workers implements Closeable {
  /** With more than so many tasks waiting, a worker does the next one itself. */
  private static final int WAITING = 4;

  private final ForkJoinPool pool;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  Workers(int count) {
    pool = count > 1 ? new ForkJoinPool(count) : null;
  }

  /** A piece of work that says whether it has left nothing behind. */
  @FunctionalInterface
  interface Task {
    boolean run() throws IOException;
  }

  boolean areSeveral() {
    return pool != null;
  }

  /** Does the whole work, and throws what the first worker threw that failed. */
  void run(Task task) throws IOException {
    if (pool == null) {
      task.run();
      return;
    }
    pool.invoke(new Forked(task::run));
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
  boolean haveRoom() {
    return pool != null
        && ForkJoinTask.inForkJoinPool()
        && ForkJoinTask.getSurplusQueuedTaskCount() < WAITING;
  }

  /** Whether a worker has failed, so that the others are to stop. */
  boolean haveFailed() {
    return failure.get() != null;
  }

  /** Ends what one worker does when another has failed. */
  void check() throws IOException {
    if (haveFailed()) {
      throw new IOException("another worker has failed");
    }
  }

  /** Whether this thread takes tasks from the front of a list, as every second one does. */
  boolean startsInFront() {
    return !(Thread.currentThread() instanceof ForkJoinWorkerThread worker)
        || worker.getPoolIndex() % 2 == 0;
  }

  /** What is done by whoever has time. */
  @FunctionalInterface
  interface Part {
    void run() throws IOException;
  }

  /** A part that any worker may do. */
  final class Forked extends RecursiveAction {
    private static final long serialVersionUID = 1L;

    private final transient Part part;

    Forked(Part part) {
      this.part = part;
    }

    @Override
    protected void compute() {
      try {
        part.run();
      } catch (IOException | RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.shutdown();
    }
  }
}
