package dev.overlays.testkit.union;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The known directories of a view, and the one lock that guards them. Directories without a holder
 * are closed when there are too many of them.
 */
final class UnionTree implements Closeable {
  private static final int MOST_HANDLES = 400;

  private final ReentrantLock lock = new ReentrantLock();
  private final OpenLayers layers;
  private final UnionDirectory root;
  private final OpenFiles files = new OpenFiles();
  private final ShownIdentities identities;
  private int handles;
  private volatile boolean readOnly;
  private volatile boolean closed;

  UnionTree(OpenLayers layers) throws IOException {
    this.layers = layers;
    identities = new ShownIdentities(layers.fileSystems());
    root = new UnionDirectory(this, layers.below(), layers.hasUpper() ? layers.upper() : null);
    readOnly = layers.startsReadOnly();
  }

  /** An operation that runs under the lock. */
  @FunctionalInterface
  interface LockedCall<T> {
    T run() throws IOException;
  }

  <T> T locked(LockedCall<T> call) throws IOException {
    lock.lock();
    try {
      requireOpen();
      T result = call.run();
      trim();
      return result;
    } finally {
      lock.unlock();
    }
  }

  private void trim() throws IOException {
    if (handles > MOST_HANDLES) {
      root.trim();
    }
  }

  /** Removes a holder of a directory; works after the view is closed, too. */
  void release(UnionDirectory directory) throws IOException {
    lock.lock();
    try {
      directory.release();
    } finally {
      lock.unlock();
    }
  }

  void requireWritable() throws ErrnoException {
    if (readOnly) {
      throw ErrorNumber.EROFS.exception();
    }
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /**
   * Makes the view read-only or writable; fails while a file is open for writing, or without an
   * upper.
   */
  boolean remount(boolean newReadOnly) {
    lock.lock();
    try {
      boolean written =
          files.list().stream().anyMatch(handle -> handle.kind() == OpenHandle.HandleKind.WRITER);
      if ((newReadOnly && written) || (!newReadOnly && !layers.hasUpper())) {
        return false;
      }
      readOnly = newReadOnly;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void requireOpen() {
    if (closed) {
      throw new ClosedFileSystemException();
    }
  }

  boolean isOpen() {
    return !closed;
  }

  OpenLayers layers() {
    return layers;
  }

  UnionDirectory root() {
    return root;
  }

  OpenFiles files() {
    return files;
  }

  ShownIdentities identities() {
    return identities;
  }

  void opened(UnionDirectory directory) {
    handles += 1 + directory.below().directories().size();
  }

  void closed(UnionDirectory directory) {
    handles -= 1 + directory.below().directories().size();
  }

  /** Closes the layers if nothing is open in the view; returns whether they are closed. */
  boolean closeIfIdle() throws IOException {
    lock.lock();
    try {
      if (files.list().isEmpty()) {
        close();
      }
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Closes the view except for open handles, and closes the layers after the last of them. */
  void closeWhenIdle(Closeable after) throws IOException {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        files.whenNone(
            () -> {
              try (after;
                  layers) {
                root.close();
              }
            });
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes all handles and then the layers; a second call does nothing. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        try (layers) {
          files.closeAll();
          root.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
