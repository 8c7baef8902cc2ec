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
  private final WorkerThreads workers;
  private final Deque<TreeWalk.Step> begun = new ArrayDeque<>();
  private final Runnable end;
  private Throwable failure;

  /** The end is told once, whether it has failed or not. */
  WalkStrand(WorkerThreads workers, TreeWalk.Step first, Runnable end) {
    this.workers = workers;
    this.end = end;
    begun.push(first);
  }

  /** Goes on to the end, or to where the last of those who help it will go on. */
  void run() {
    while (!begun.isEmpty()) {
      TreeWalk.Step step = begun.peek();
      TreeWalk.Step next = failure != null ? null : advance(step);
      if (next == null) {
        if (step instanceof DirectoryTasks joins && !joins.isJoinedBy(this)) {
          return;
        }
        begun.pop();
        close(step);
      } else if (next != step) {
        begun.push(next);
      }
    }
    end.run();
  }

  private TreeWalk.Step advance(TreeWalk.Step step) {
    try {
      return step.nextStep();
    } catch (IOException | RuntimeException | Error e) {
      setFailed(e);
      return null;
    }
  }

  private void close(TreeWalk.Step step) {
    try {
      step.close();
    } catch (IOException | RuntimeException | Error e) {
      setFailed(e);
    }
  }

  private void setFailed(Throwable e) {
    if (failure == null) {
      failure = e;
      if (!(e instanceof WorkerThreads.OtherFailureException)) {
        workers.setFailed(e);
      }
    } else if (e != failure) {
      failure.addSuppressed(e);
    }
  }
}
