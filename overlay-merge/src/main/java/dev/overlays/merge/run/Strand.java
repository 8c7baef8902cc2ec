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
final class Strand {
  private final Workers workers;
  private final Deque<TreeWalk.Step> begun = new ArrayDeque<>();
  private final Runnable end;
  private Throwable failure;

  /** Calls {@code end} once, whether the strand has failed or not. */
  Strand(Workers workers, TreeWalk.Step first, Runnable end) {
    this.workers = workers;
    this.end = end;
    begun.push(first);
  }

  /** Runs to the end, or until the strand is handed over to its last helper. */
  void run() {
    while (!begun.isEmpty()) {
      TreeWalk.Step step = begun.peek();
      TreeWalk.Step next = failure != null ? null : advance(step);
      if (next == null) {
        if (step instanceof Joins joins && !joins.isJoinedBy(this)) {
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
      return step.advance();
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
      return null;
    }
  }

  private void close(TreeWalk.Step step) {
    try {
      step.close();
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
    }
  }

  private void failed(Throwable e) {
    if (failure == null) {
      failure = e;
      if (!(e instanceof Workers.OtherFailureException)) {
        workers.failed(e);
      }
    } else if (e != failure) {
      failure.addSuppressed(e);
    }
  }
}
