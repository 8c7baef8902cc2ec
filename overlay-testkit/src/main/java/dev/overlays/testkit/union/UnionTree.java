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
  private static final int MAX_HANDLES = 400;

  private final ReentrantLock lock = new ReentrantLock();
  private final UnionLayers layers;
  private final ViewDirectory root;
  private final HandleRegistry registry = new HandleRegistry();
  private final InodeNumbers identities;
  private int handles;
  private volatile boolean readOnly;
  private volatile boolean closed;

  UnionTree(UnionLayers layers) throws IOException {
    this.layers = layers;
    identities = new InodeNumbers(layers.fileSystems());
    root =
        new ViewDirectory(
            this, layers.mergedBelow(), layers.hasUpper() ? layers.upperRoot() : null);
    readOnly = layers.startsReadOnly();
  }

  /** An operation that runs under the lock. */
  @FunctionalInterface
  interface LockedCall<T> {
    T run() throws IOException;
  }

  <T> T runLocked(LockedCall<T> call) throws IOException {
    lock.lock();
    try {
      requireOpen();
      T result = call.run();
      limitHandles();
      return result;
    } finally {
      lock.unlock();
    }
  }

  private void limitHandles() throws IOException {
    if (handles > MAX_HANDLES) {
      root.closeUnheld();
    }
  }

  /** Removes a holder of a directory; works after the view is closed, too. */
  void releaseDirectory(ViewDirectory directory) throws IOException {
    lock.lock();
    try {
      directory.removeHolder();
    } finally {
      lock.unlock();
    }
  }

  void requireWritable() throws ErrnoException {
    if (readOnly) {
      throw ErrorNumber.EROFS.toException();
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
          registry.listHandles().stream()
              .anyMatch(handle -> handle.kind() == OpenHandle.HandleKind.WRITER);
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

  UnionLayers unionLayers() {
    return layers;
  }

  ViewDirectory rootDirectory() {
    return root;
  }

  HandleRegistry handleRegistry() {
    return registry;
  }

  InodeNumbers inodeNumbers() {
    return identities;
  }

  void directoryOpened(ViewDirectory directory) {
    handles += 1 + directory.mergedBelow().mergedDirectories().size();
  }

  void directoryClosed(ViewDirectory directory) {
    handles -= 1 + directory.mergedBelow().mergedDirectories().size();
  }

  /** Closes the layers if nothing is open in the view; returns whether they are closed. */
  boolean closeIfIdle() throws IOException {
    lock.lock();
    try {
      if (registry.listHandles().isEmpty()) {
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
        registry.closeWhenNoneOpen(
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
          registry.closeAll();
          root.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
