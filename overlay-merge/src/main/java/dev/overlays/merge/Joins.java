package dev.overlays.merge;

import dev.overlays.layer.LayerEntry;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The tasks that one directory has, and what has come of them. Several workers take them from both
 * ends of their order by inodes: file systems put directories in a row into parts that one writer
 * locks at a time, so workers side by side would mostly wait for each other. Source: allocation
 * groups in the kernel's fs/xfs/libxfs/xfs_ialloc.c.
 */
final class Joins implements Closeable {
  /** A directory of a million directories is not to remember them all. */
  private static final int MOST = 512;

  private final Workers workers;
  private final Deque<Workers.Forked> forked = new ArrayDeque<>();
  private final List<Piece> waiting = new ArrayList<>();
  private final Deque<Piece> order = new ConcurrentLinkedDeque<>();
  private volatile boolean gone = true;
  private volatile boolean anyGone;

  Joins(Workers workers) {
    this.workers = workers;
  }

  private record Piece(long inode, Workers.Task task) {}

  /** Does what there is to do for a directory now, or with other workers by {@link #joinAll}. */
  void add(LayerEntry directory, Workers.Task task) throws IOException {
    if (!workers.areSeveral()) {
      took(task.run());
      return;
    }
    waiting.add(new Piece(directory.inode(), task));
    if (waiting.size() == MOST) {
      joinAll();
    }
  }

  /** Lets another worker do a task, if there is room, or else does it now. */
  void aside(Workers.Task task) throws IOException {
    if (workers.haveRoom()) {
      fork(() -> took(task));
    } else {
      took(task.run());
    }
  }

  /** Waits for all. */
  void joinAll() throws IOException {
    waiting.sort(Comparator.comparingLong(Piece::inode));
    order.addAll(waiting);
    waiting.clear();
    for (Piece piece = next(); piece != null; piece = next()) {
      if (!order.isEmpty() && workers.haveRoom()) {
        fork(this::takeAll);
      }
      took(piece.task().run());
    }
    join();
  }

  private void takeAll() throws IOException {
    for (Piece piece = next(); piece != null; piece = next()) {
      workers.check();
      took(piece.task());
    }
  }

  private Piece next() {
    return workers.startsInFront() ? order.pollFirst() : order.pollLast();
  }

  private void fork(Workers.Part part) {
    Workers.Forked one = workers.new Forked(part);
    forked.push(one);
    one.fork();
  }

  private void join() {
    while (!forked.isEmpty()) {
      forked.pop().join();
    }
  }

  /** A task that fails leaves something behind. */
  private void took(Workers.Task task) throws IOException {
    boolean isGone = false;
    try {
      isGone = task.run();
    } finally {
      took(isGone);
    }
  }

  /** Remembers what was done here, without a task. */
  void took(boolean isGone) {
    if (!isGone) {
      gone = false;
    } else if (!anyGone) {
      anyGone = true;
    }
  }

  /** Remembers that something stays. */
  void kept() {
    took(false);
  }

  /** Whether every task has left nothing behind. */
  boolean areGone() {
    return gone;
  }

  /** Whether one task has left nothing behind. */
  boolean anyGone() {
    return anyGone;
  }

  /** Waits for what others have begun; the rest is not done. */
  @Override
  public void close() {
    waiting.clear();
    order.clear();
    join();
  }
}
