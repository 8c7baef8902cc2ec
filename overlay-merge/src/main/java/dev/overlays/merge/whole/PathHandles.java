package dev.overlays.merge.whole;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.Place;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps open the directories that lead to the last place, so that a place near it is opened in a
 * few steps.
 */
final class PathHandles implements Closeable {
  private final LayerDirectory root;
  private final Deque<Opened> opened = new ArrayDeque<>();

  private record Opened(Place place, LayerDirectory directory) {}

  /** Does not close the root. */
  PathHandles(LayerDirectory root) {
    this.root = root;
  }

  /** Returns the directory of a place. It stays open until another place is opened. */
  LayerDirectory open(Place place) throws IOException {
    Deque<Place> missing = new ArrayDeque<>();
    for (Place next = place; !isOpen(next); next = next.parent()) {
      missing.push(next);
    }
    for (Place next : missing) {
      Name name = next.name();
      opened.push(new Opened(next, last().open(name)));
    }
    return last();
  }

  /**
   * Closes the directories that do not lead to a place, and returns whether the place itself is
   * open.
   */
  private boolean isOpen(Place place) throws IOException {
    while (!opened.isEmpty() && opened.peek().place().depth() > place.depth()) {
      opened.pop().directory().close();
    }
    if (opened.isEmpty() || opened.peek().place().depth() < place.depth()) {
      return place.isRoot();
    }
    if (opened.peek().place().equals(place)) {
      return true;
    }
    opened.pop().directory().close();
    return false;
  }

  private LayerDirectory last() {
    return opened.isEmpty() ? root : opened.peek().directory();
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().directory().close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
