package dev.overlays.merge.run;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.io.function.IORunnable;

/**
 * Threads that run tasks ahead of the thread that needs their results. That thread, the caller,
 * takes the results in its own order, and runs a waiting task itself instead of waiting for a
 * thread. So with a single worker there are no threads, and each task runs when its result is
 * taken.
 */
public final class TaskHelpers implements Closeable {
  private static final int TASKS_PER_WORKER = 3;

  private final int workers;
  private final BlockingQueue<HelperTask<?>> waiting = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Makes helpers for a number of workers, of which the caller is one. */
  public TaskHelpers(int workers) {
    this.workers = workers;
  }

  /** Returns the number of workers, of which the caller is one. */
  public int workerCount() {
    return workers;
  }

  /**
   * Returns how many tasks the caller may have begun before it takes the result of the first. It
   * bounds the memory of their results.
   */
  public int mostAhead() {
    return workers == 1 ? 0 : workers * TASKS_PER_WORKER;
  }

  /** What a task does. */
  @FunctionalInterface
  public interface TaskBody<T> {
    T runBody() throws IOException;
  }

  /** Begins a task. Only the caller calls this. */
  public <T> HelperTask<T> beginTask(TaskBody<T> body) {
    HelperTask<T> task = new HelperTask<>(this, body);
    if (workers > 1) {
      while (threads.size() < workers - 1) {
        startThread();
      }
      waiting.add(task);
    }
    return task;
  }

  private void startThread() {
    Thread thread = new Thread(this::runTasks, "overlays-helper-" + (threads.size() + 1));
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  private void runTasks() {
    boolean ended = false;
    while (!ended) {
      try {
        HelperTask<?> task = waiting.take();
        ended = task.endsThread();
        task.runIfWaiting();
      } catch (InterruptedException e) {
        // close() ends these threads; nobody else knows them.
        ended = false;
      }
    }
  }

  /** Runs other tasks until this one, which another thread runs, has ended. */
  private void awaitTask(HelperTask<?> task) {
    while (!task.hasEnded()) {
      HelperTask<?> other = waiting.poll();
      if (other == null) {
        awaitLatch(task.end);
      } else {
        other.runIfWaiting();
      }
    }
  }

  /** Waits through interrupts. */
  private static void awaitLatch(CountDownLatch latch) {
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

  /** Ends what was begun before a failure, so that an earlier failure is thrown instead of it. */
  public static void finishBefore(Exception failure, IORunnable begun) throws IOException {
    try {
      begun.run();
    } catch (IOException | RuntimeException e) {
      if (e != failure) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }

  /** Throws what was caught in another thread; nothing if that is null. */
  public static void rethrowFailure(Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Ends the threads: waits for the running tasks, and never runs the waiting ones. */
  @Override
  public void close() {
    waiting.forEach(HelperTask::cancelOrAwait);
    waiting.clear();
    List<HelperTask<?>> ends = new ArrayList<>();
    for (int i = 0; i < threads.size(); i++) {
      HelperTask<Thread> end = new HelperTask<>(this, null);
      ends.add(end);
      waiting.add(end);
    }
    ends.forEach(end -> awaitLatch(end.end));
    threads.clear();
  }

  /** A task and its result. */
  public static final class HelperTask<T> {
    private final TaskHelpers helpers;
    private final TaskBody<T> body;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);
    private T result;
    private Throwable failure;

    private HelperTask(TaskHelpers helpers, TaskBody<T> body) {
      this.helpers = helpers;
      this.body = body;
    }

    private boolean endsThread() {
      return body == null;
    }

    private boolean hasEnded() {
      return end.getCount() == 0;
    }

    private void runIfWaiting() {
      if (begun.compareAndSet(false, true)) {
        try {
          result = body == null ? null : body.runBody();
        } catch (IOException | RuntimeException | Error e) {
          failure = e;
        } finally {
          end.countDown();
        }
      }
    }

    /** Returns the result, or throws what the task has thrown. Only the caller calls this. */
    public T takeResult() throws IOException {
      runIfWaiting();
      helpers.awaitTask(this);
      rethrowFailure(failure);
      return result;
    }

    /** Waits for the end of the task if it runs, and keeps it from running otherwise. */
    public void cancelOrAwait() {
      if (begun.compareAndSet(false, true)) {
        end.countDown();
      } else {
        awaitLatch(end);
      }
    }
  }
}
