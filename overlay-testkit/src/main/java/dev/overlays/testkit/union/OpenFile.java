package dev.overlays.testkit.union;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** The layer's file behind a channel of the view: another one, once the file has been copied up. */
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

  /** What is held while the end of a file is looked for and written at. */
  Object appending() {
    return appending;
  }

  /** What is reading in this moment goes on with the lower's file, which is closed at the end. */
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
