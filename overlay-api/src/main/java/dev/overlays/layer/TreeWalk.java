package dev.overlays.layer;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a tree of any depth. Steps that have begun and not ended are kept in a list, not on
 * the stack of the thread, which a tree of some hundred levels would exhaust.
 */
public final class TreeWalk {
  private final Deque<WalkStep> begun = new ArrayDeque<>();

  private TreeWalk() {}

  /** A part of a walk, such as one directory, that may begin other steps inside itself. */
  public interface WalkStep extends Closeable {
    /**
     * Continues to the next step inside this one, or to the end.
     *
     * @return a step to run before this is called again; this step itself to be called again at
     *     once; null at the end
     * @throws IOException what ends the whole walk
     */
    @SuppressWarnings("exports") // Whoever compiles against this needs no annotations.
    @Nullable WalkStep nextStep() throws IOException;

    /**
     * Releases what this step opened. Called once, when the step has ended or the walk has failed;
     * the steps inside are closed by then.
     *
     * @throws IOException what ends the whole walk
     */
    @Override
    void close() throws IOException;
  }

  /**
   * Runs a step and all steps that it begins.
   *
   * @param first the step
   * @throws IOException what one of the steps throws; all steps are closed then
   */
  public static void run(WalkStep first) throws IOException {
    new TreeWalk().walkFrom(first);
  }

  private void walkFrom(WalkStep first) throws IOException {
    begun.push(first);
    try {
      while (!begun.isEmpty()) {
        WalkStep step = begun.peek();
        WalkStep next = step.nextStep();
        if (next == null) {
          begun.pop();
          step.close();
        } else if (next != step) {
          begun.push(next);
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      closeAll(e);
      throw e;
    }
  }

  private void closeAll(Throwable failure) {
    while (!begun.isEmpty()) {
      try {
        begun.pop().close();
      } catch (IOException | RuntimeException | Error e) {
        if (e != failure) {
          failure.addSuppressed(e);
        }
      }
    }
  }
}
