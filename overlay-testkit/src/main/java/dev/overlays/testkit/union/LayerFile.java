package dev.overlays.testkit.union;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** The layer's file behind a channel of the view. A copy-up replaces it. */
final class LayerFile implements Closeable {
  private final UnionTree tree;
  private final Object appendLock;
  private volatile FileChannel current;
  private volatile FileChannel previous;

  LayerFile(UnionTree tree, FileChannel real) {
    this.tree = tree;
    this.current = real;
    appendLock = tree.handleRegistry();
  }

  FileChannel currentChannel() {
    return current;
  }

  /** Returns the lock that makes appends atomic. */
  Object appendLock() {
    return appendLock;
  }

  /**
   * Switches to the copy. The lower's file stays open for reads in progress until this is closed.
   */
  void switchTo(FileChannel copy) {
    previous = current;
    current = copy;
  }

  @Override
  public void close() throws IOException {
    tree.handleRegistry().handleClosed(this);
    FileChannel lower = previous;
    try {
      if (lower != null) {
        lower.close();
      }
    } finally {
      current.close();
    }
  }
}
