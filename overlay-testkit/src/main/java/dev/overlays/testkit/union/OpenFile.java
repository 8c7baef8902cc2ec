package dev.overlays.testkit.union;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** The layer's file behind a channel of the view. A copy-up replaces it. */
final class OpenFile implements Closeable {
  private final UnionTree tree;
  private final Object appending;
  private volatile FileChannel real;
  private volatile FileChannel before;

  OpenFile(UnionTree tree, FileChannel real) {
    this.tree = tree;
    this.real = real;
    appending = tree.files();
  }

  FileChannel real() {
    return real;
  }

  /** Returns the lock that makes appends atomic. */
  Object appending() {
    return appending;
  }

  /**
   * Switches to the copy. The lower's file stays open for reads in progress until this is closed.
   */
  void become(FileChannel copy) {
    before = real;
    real = copy;
  }

  @Override
  public void close() throws IOException {
    tree.files().closed(this);
    FileChannel lower = before;
    try {
      if (lower != null) {
        lower.close();
      }
    } finally {
      real.close();
    }
  }
}
