package dev.overlays.merge.whole;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.ViewPlace;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The open directories that lead to the last place that was asked for, so that from there to one
 * beside or around it is not far.
 */
final class PathHandles implements Closeable {
  private final LayerDirectory root;
  private final Deque<OpenedHandle> opened = new ArrayDeque<>();

  private record OpenedHandle(ViewPlace place, LayerDirectory directory) {}

  /** The root stays open. */
  PathHandles(LayerDirectory root) {
    this.root = root;
  }

  /** Returns the directory of a place, which is open until another one is asked for. */
  LayerDirectory open(ViewPlace place) throws IOException {
    Deque<ViewPlace> missing = new ArrayDeque<>();
    for (ViewPlace next = place; !isOpen(next); next = next.parent()) {
      missing.push(next);
    }
    for (ViewPlace next : missing) {
      Name name = next.name();
      opened.push(new OpenedHandle(next, lastHandle().open(name)));
    }
    return lastHandle();
  }

  /** Closes what is not around a place, and tells whether that itself is open. */
  private boolean isOpen(ViewPlace place) throws IOException {
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

  private LayerDirectory lastHandle() {
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
