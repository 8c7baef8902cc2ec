package dev.overlays.merge.whole;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.TreePlace;
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
  private final Deque<OpenPlace> opened = new ArrayDeque<>();

  private record OpenPlace(TreePlace place, LayerDirectory directory) {}

  /** Does not close the root. */
  PathHandles(LayerDirectory root) {
    this.root = root;
  }

  /** Returns the directory of a place. It stays open until another place is opened. */
  LayerDirectory openPlace(TreePlace place) throws IOException {
    Deque<TreePlace> missing = new ArrayDeque<>();
    for (TreePlace next = place; !isOpen(next); next = next.parent()) {
      missing.push(next);
    }
    for (TreePlace next : missing) {
      Name name = next.name();
      opened.push(new OpenPlace(next, lastOpened().open(name)));
    }
    return lastOpened();
  }

  /**
   * Closes the directories that do not lead to a place, and returns whether the place itself is
   * open.
   */
  private boolean isOpen(TreePlace place) throws IOException {
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

  private LayerDirectory lastOpened() {
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
