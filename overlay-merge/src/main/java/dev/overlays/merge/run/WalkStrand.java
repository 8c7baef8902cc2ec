package dev.overlays.merge.run;

import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The part of a walk that one worker runs at a time. It keeps its begun steps in a list, as {@link
 * TreeWalk} does. So a strand that has to wait for others can be suspended, and any worker can
 * resume it: no thread ever blocks.
 */
final class WalkStrand {
  private final WorkerPool workers;
  private final Deque<TreeWalk.WalkStep> begunSteps = new ArrayDeque<>();
  private final Runnable whenEnded;
  private Throwable failure;

  /** Calls {@code end} once, whether the strand has failed or not. */
  WalkStrand(WorkerPool workers, TreeWalk.WalkStep first, Runnable end) {
    this.workers = workers;
    this.whenEnded = end;
    begunSteps.push(first);
  }

  /** Runs to the end, or until the strand is handed over to its last helper. */
  void run() {
    while (!begunSteps.isEmpty()) {
      TreeWalk.WalkStep step = begunSteps.peek();
      TreeWalk.WalkStep next = failure != null ? null : advanceStep(step);
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

  private TreeWalk.WalkStep advanceStep(TreeWalk.WalkStep step) {
    try {
      return step.nextStep();
    } catch (IOException | RuntimeException | Error e) {
      recordFailure(e);
      return null;
    }
  }

  private void closeStep(TreeWalk.WalkStep step) {
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
