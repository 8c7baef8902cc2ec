package dev.overlays.testkit.junit;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The views of a test or a class. The extension closes them when that is over, before JUnit deletes
 * its temporary directories, of which a view may be one; their store closes them where it does not
 * come to that.
 */
final class OpenViews implements AutoCloseable {
  private final Deque<FreshView> views = new ArrayDeque<>();

  synchronized void add(FreshView view) {
    views.push(view);
  }

  /** Closes all of them, and throws what the first one throws. */
  @Override
  public synchronized void close() throws IOException {
    try {
      if (!views.isEmpty()) {
        views.pop().close();
      }
    } finally {
      if (!views.isEmpty()) {
        close();
      }
    }
  }
}
