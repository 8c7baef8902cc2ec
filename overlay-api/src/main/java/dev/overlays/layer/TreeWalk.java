package dev.overlays.layer;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A walk through a tree of any depth. What it has begun and not ended is kept in a list of its own,
 * not on the stack of the thread, which a tree of some hundred levels would exhaust.
 */
public final class TreeWalk {
  private final Deque<Step> begun = new ArrayDeque<>();

  private TreeWalk() {}

  /** A part of a walk that may begin others inside itself, such as one directory. */
  public interface Step extends Closeable {
    /**
     * Goes on to the next part inside, or to the end.
     *
     * @return a part to be walked through before this is called again; this itself, to be called
     *     again at once; null at the end
     * @throws IOException what ends the whole walk
     */
    Step nextStep() throws IOException;

    /**
     * Releases what this has opened. Called once, when it has come to its end or the walk has
     * failed; the parts inside have been closed by then.
     *
     * @throws IOException what ends the whole walk
     */
    @Override
    void close() throws IOException;
  }

  /**
   * Walks through a part and all that it begins.
   *
   * @param first the part
   * @throws IOException what one of the parts throws; all are closed then
   */
  public static void run(Step first) throws IOException {
    new TreeWalk().walk(first);
  }

  private void walk(Step first) throws IOException {
    begun.push(first);
    try {
      while (!begun.isEmpty()) {
        Step step = begun.peek();
        Step next = step.nextStep();
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
