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
public final class DirectoryTasks implements TreeWalk.WalkStep {
  /** Bounds the memory that a directory with very many directories needs. */
  private static final int MOST_WAITING = 512;

  private final WorkerPool workers;
  private final List<OrderedTask> waiting = new ArrayList<>();
  private final Deque<OrderedTask> order = new ConcurrentLinkedDeque<>();

  /** The number of strands at work: that of the directory and those that help it. */
  private final AtomicInteger strands = new AtomicInteger(1);

  private volatile WalkStrand owner;
  private volatile boolean allGone = true;
  private volatile boolean anyGone;

  public DirectoryTasks(WorkerPool workers) {
    this.workers = workers;
  }

  /** One task. */
  @FunctionalInterface
  public interface DirectoryTask {
    /** Begins the task. Returns the step to run for it; null if the task is done. */
    TreeWalk.WalkStep beginTask() throws IOException;
  }

  private record OrderedTask(long inode, DirectoryTask task) {}

  /**
   * Begins the task of a directory, or keeps it until this step runs.
   *
   * @return the step to run now; null if there is none
   */
  public TreeWalk.WalkStep beginOrDefer(LayerEntry directory, DirectoryTask task)
      throws IOException {
    if (!workers.hasSeveral()) {
      return task.beginTask();
    }
    waiting.add(new OrderedTask(directory.inode(), task));
    return waiting.size() == MOST_WAITING ? this : null;
  }

  @Override
  public TreeWalk.WalkStep nextStep() throws IOException {
    waiting.sort(Comparator.comparingLong(OrderedTask::inode));
    order.addAll(waiting);
    waiting.clear();
    return takeNext(true);
  }

  private TreeWalk.WalkStep takeNext(boolean mayFork) throws IOException {
    OrderedTask piece = pollTask();
    while (piece != null) {
      if (mayFork && !order.isEmpty() && workers.hasRoom()) {
        forkHelper();
      }
      TreeWalk.WalkStep begun = piece.task().beginTask();
      if (begun != null) {
        return begun;
      }
      piece = pollTask();
    }
    return null;
  }

  private OrderedTask pollTask() {
    return workers.takesFromFront() ? order.pollFirst() : order.pollLast();
  }

  private void forkHelper() {
    strands.incrementAndGet();
    try {
      workers.forkStrand(new WalkStrand(workers, new HelperStep(), this::helperEnded));
    } catch (RuntimeException | Error e) {
      strands.decrementAndGet();
      throw e;
    }
  }

  /** The part of the tasks that another worker runs. */
  private final class HelperStep implements TreeWalk.WalkStep {
    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      workers.throwIfFailed();
      return takeNext(false);
    }

    @Override
    public void close() {
      // The owner closes the directory.
    }
  }

  private void helperEnded() {
    if (strands.decrementAndGet() == 0) {
      workers.forkStrand(owner);
    }
  }

  /**
   * Returns whether all helpers are done. If not, the last helper continues the strand, and the
   * caller must no longer use it.
   */
  boolean joinOrHandOver(WalkStrand strand) {
    if (strands.get() == 0) {
      return true;
    }
    owner = strand;
    order.clear();
    return strands.decrementAndGet() == 0;
  }

  /** Records whether a task has left nothing in the upper. */
  public void recordOutcome(boolean isGone) {
    if (!isGone) {
      allGone = false;
    } else if (!anyGone) {
      anyGone = true;
    }
  }

  /** Records that a task has left something in the upper. */
  public void recordKept() {
    recordOutcome(false);
  }

  /** Whether no task has left anything in the upper. */
  public boolean allMerged() {
    return allGone;
  }

  /** Whether at least one task has left nothing in the upper. */
  public boolean anyMerged() {
    return anyGone;
  }

  /** Is called when all tasks are done. */
  @Override
  public void close() {
    strands.set(1);
  }
}
