package dev.overlays.merge.run;

import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The part of a walk that one worker does at a time. What it has begun is kept in a list, as {@link
 * TreeWalk} does, so that it can be laid aside where it has to wait for others, and any worker can
 * go on with it: no thread ever waits.
 */
final class WalkStrand {
  private final WorkerPool workers;
  private final Deque<TreeWalk.Step> begunSteps = new ArrayDeque<>();
  private final Runnable whenEnded;
  private Throwable failure;

  /** The end is told once, whether it has failed or not. */
  WalkStrand(WorkerPool workers, TreeWalk.Step first, Runnable end) {
    this.workers = workers;
    this.whenEnded = end;
    begunSteps.push(first);
  }

  /** Goes on to the end, or to where the last of those who help it will go on. */
  void run() {
    while (!begunSteps.isEmpty()) {
      TreeWalk.Step step = begunSteps.peek();
      TreeWalk.Step next = failure != null ? null : advanceStep(step);
      if (next == null) {
        if (step instanceof DirectoryTasks joins && !joins.joinOrHandOver(this)) {
          return;
        }
        begunSteps.pop();
        closeStep(step);
      } else if (next != step) {
        begunSteps.push(next);
      }
    }
    whenEnded.run();
  }

  private TreeWalk.Step advanceStep(TreeWalk.Step step) {
    try {
      return step.nextStep();
    } catch (IOException | RuntimeException | Error e) {
      recordFailure(e);
      return null;
    }
  }

  private void closeStep(TreeWalk.Step step) {
    try {
      step.close();
    } catch (IOException | RuntimeException | Error e) {
      recordFailure(e);
    }
  }

  private void recordFailure(Throwable e) {
    if (failure == null) {
      failure = e;
      if (!(e instanceof WorkerPool.OtherFailureException)) {
        workers.recordFailure(e);
      }
    } else if (e != failure) {
      failure.addSuppressed(e);
    }
  }
}
