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
 * The tasks that one directory has, and what has come of them. Several workers take them from both
 * ends of their order by inodes: file systems put directories in a row into parts that one writer
 * locks at a time, so workers side by side would mostly wait for each other. Source: allocation
 * groups in the kernel's fs/xfs/libxfs/xfs_ialloc.c.
 *
 * <p>As a step of a walk it does the tasks that wait, and has come to its end when all are done,
 * those of other workers too. It may be walked through several times.
 */
public final class DirectoryTasks implements TreeWalk.Step {
  /** A directory of a million directories is not to remember them all. */
  private static final int MOST = 512;

  private final WorkerThreads workers;
  private final List<TaskPiece> waiting = new ArrayList<>();
  private final Deque<TaskPiece> order = new ConcurrentLinkedDeque<>();

  /** The strand of the directory, and those that help it. */
  private final AtomicInteger strands = new AtomicInteger(1);

  private volatile WalkStrand owner;
  private volatile boolean gone = true;
  private volatile boolean anyGone;

  public DirectoryTasks(WorkerThreads workers) {
    this.workers = workers;
  }

  /** A piece of work. */
  @FunctionalInterface
  public interface TaskStart {
    /** Returns what is to be walked through for it; null if it is done already. */
    TreeWalk.Step beginTask() throws IOException;
  }

  private record TaskPiece(long inode, TaskStart task) {}

  /**
   * Begins what there is to do for a directory, or keeps it until this is walked through.
   *
   * @return what is to be walked through now; null if that is nothing
   */
  public TreeWalk.Step addTask(LayerEntry directory, TaskStart task) throws IOException {
    if (!workers.areSeveral()) {
      return task.beginTask();
    }
    waiting.add(new TaskPiece(directory.inode(), task));
    return waiting.size() == MOST ? this : null;
  }

  @Override
  public TreeWalk.Step nextStep() throws IOException {
    waiting.sort(Comparator.comparingLong(TaskPiece::inode));
    order.addAll(waiting);
    waiting.clear();
    return takeNext(true);
  }

  private TreeWalk.Step takeNext(boolean mayFork) throws IOException {
    TaskPiece piece = pollPiece();
    while (piece != null) {
      if (mayFork && !order.isEmpty() && workers.haveRoom()) {
        forkHelp();
      }
      TreeWalk.Step begun = piece.task().beginTask();
      if (begun != null) {
        return begun;
      }
      piece = pollPiece();
    }
    return null;
  }

  private TaskPiece pollPiece() {
    return workers.startsInFront() ? order.pollFirst() : order.pollLast();
  }

  private void forkHelp() {
    strands.incrementAndGet();
    try {
      workers.forkStrand(new WalkStrand(workers, new TaskHelp(), this::helpEnded));
    } catch (RuntimeException | Error e) {
      strands.decrementAndGet();
      throw e;
    }
  }

  /** What another worker does of it. */
  private final class TaskHelp implements TreeWalk.Step {
    @Override
    public TreeWalk.Step nextStep() throws IOException {
      workers.checkFailed();
      return takeNext(false);
    }

    @Override
    public void close() {
      // The directory is the owner's.
    }
  }

  private void helpEnded() {
    if (strands.decrementAndGet() == 0) {
      workers.forkStrand(owner);
    }
  }

  /**
   * Tells whether all others are done. Otherwise the last of them goes on with the strand, which
   * must not be touched any more.
   */
  boolean isJoinedBy(WalkStrand strand) {
    if (strands.get() == 0) {
      return true;
    }
    owner = strand;
    order.clear();
    return strands.decrementAndGet() == 0;
  }

  /** Remembers what has come of a task. */
  public void countTaken(boolean isGone) {
    if (!isGone) {
      gone = false;
    } else if (!anyGone) {
      anyGone = true;
    }
  }

  /** Remembers that something stays. */
  public void countKept() {
    countTaken(false);
  }

  /** Whether every task has left nothing behind. */
  public boolean areGone() {
    return gone;
  }

  /** Whether one task has left nothing behind. */
  public boolean anyGone() {
    return anyGone;
  }

  /** Called when all are done. */
  @Override
  public void close() {
    strands.set(1);
  }
}
