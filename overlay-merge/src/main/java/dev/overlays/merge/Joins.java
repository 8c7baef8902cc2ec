package dev.overlays.merge;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** The tasks that one directory has given to other workers, and has to wait for. */
final class Joins {
  /** A directory of a million directories is not to remember them all. */
  private static final int MOST = 64;

  private final Workers workers;
  private final Deque<Workers.Forked> forked = new ArrayDeque<>();
  private boolean gone = true;
  private boolean anyGone;

  Joins(Workers workers) {
    this.workers = workers;
  }

  /** Does a task here, or lets another worker do it. */
  void add(Workers.Task task) throws IOException {
    if (workers.haveRoom()) {
      if (forked.size() == MOST) {
        join();
      }
      Workers.Forked one = workers.new Forked(task);
      forked.push(one);
      one.fork();
    } else {
      took(task.run());
    }
  }

  /** Waits for all. */
  void joinAll() {
    while (!forked.isEmpty()) {
      join();
    }
  }

  private void join() {
    Workers.Forked one = forked.pop();
    one.join();
    took(one.isGone());
  }

  /** Remembers what was done here, without a task. */
  void took(boolean isGone) {
    gone &= isGone;
    anyGone |= isGone;
  }

  /** Remembers that something stays. */
  void kept() {
    gone = false;
  }

  /** Whether every task has left nothing behind. */
  boolean areGone() {
    return gone;
  }

  /** Whether one task has left nothing behind. */
  boolean anyGone() {
    return anyGone;
  }
}
