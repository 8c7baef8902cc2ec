package dev.overlays.merge.run;

import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The tasks of one directory and their outcome. Several workers take the tasks, sorted by inode,
 * from both ends: file systems put consecutive directories into regions that one writer locks at a
 * time, so workers on neighbouring directories would mostly wait for each other. Source: allocation
 * groups in the kernel's fs/xfs/libxfs/xfs_ialloc.c.
 *
 * <p>As a step of a walk it runs the waiting tasks. It ends when all tasks are done, including
 * those that other workers have taken. The step can be run several times.
 */
public final class Joins implements TreeWalk.Step {
  /** Bounds the memory that a directory with very many directories needs. */
  private static final int MOST = 512;

  private final Workers workers;
  private final List<Piece> waiting = new ArrayList<>();
  private final Deque<Piece> order = new ConcurrentLinkedDeque<>();

  /** The number of strands at work: that of the directory and those that help it. */
  private final AtomicInteger strands = new AtomicInteger(1);

  private volatile Strand owner;
  private volatile boolean gone = true;
  private volatile boolean anyGone;

  public Joins(Workers workers) {
    this.workers = workers;
  }

  /** One task. */
  @FunctionalInterface
  public interface Task {
    /** Begins the task. Returns the step to run for it; null if the task is done. */
    TreeWalk.Step begin() throws IOException;
  }

  private record Piece(long inode, Task task) {}

  /**
   * Begins the task of a directory, or keeps it until this step runs.
   *
   * @return the step to run now; null if there is none
   */
  public TreeWalk.Step add(LayerEntry directory, Task task) throws IOException {
    if (!workers.areSeveral()) {
      return task.begin();
    }
    waiting.add(new Piece(directory.inode(), task));
    return waiting.size() == MOST ? this : null;
  }

  @Override
  public TreeWalk.Step advance() throws IOException {
    waiting.sort(Comparator.comparingLong(Piece::inode));
    order.addAll(waiting);
    waiting.clear();
    return next(true);
  }

  private TreeWalk.Step next(boolean mayFork) throws IOException {
    Piece piece = poll();
    while (piece != null) {
      if (mayFork && !order.isEmpty() && workers.haveRoom()) {
        fork();
      }
      TreeWalk.Step begun = piece.task().begin();
      if (begun != null) {
        return begun;
      }
      piece = poll();
    }
    return null;
  }

  private Piece poll() {
    return workers.startsInFront() ? order.pollFirst() : order.pollLast();
  }

  private void fork() {
    strands.incrementAndGet();
    try {
      workers.fork(new Strand(workers, new Help(), this::helped));
    } catch (RuntimeException | Error e) {
      strands.decrementAndGet();
      throw e;
    }
  }

  /** The part of the tasks that another worker runs. */
  private final class Help implements TreeWalk.Step {
    @Override
    public TreeWalk.Step advance() throws IOException {
      workers.check();
      return next(false);
    }

    @Override
    public void close() {
      // The owner closes the directory.
    }
  }

  private void helped() {
    if (strands.decrementAndGet() == 0) {
      workers.fork(owner);
    }
  }

  /**
   * Returns whether all helpers are done. If not, the last helper continues the strand, and the
   * caller must no longer use it.
   */
  boolean isJoinedBy(Strand strand) {
    if (strands.get() == 0) {
      return true;
    }
    owner = strand;
    order.clear();
    return strands.decrementAndGet() == 0;
  }

  /** Records whether a task has left nothing in the upper. */
  public void took(boolean isGone) {
    if (!isGone) {
      gone = false;
    } else if (!anyGone) {
      anyGone = true;
    }
  }

  /** Records that a task has left something in the upper. */
  public void kept() {
    took(false);
  }

  /** Whether no task has left anything in the upper. */
  public boolean areGone() {
    return gone;
  }

  /** Whether at least one task has left nothing in the upper. */
  public boolean anyGone() {
    return anyGone;
  }

  /** Is called when all tasks are done. */
  @Override
  public void close() {
    strands.set(1);
  }
}
