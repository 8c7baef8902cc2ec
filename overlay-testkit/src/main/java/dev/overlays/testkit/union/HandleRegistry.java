package dev.overlays.testkit.union;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The open handles of a view. Readers of data in a lower are found by inode, because they switch to
 * the copy when the file is copied up; source: the kernel's fs/overlayfs/file.c, {@code
 * ovl_real_file}.
 */
final class HandleRegistry {
  private final Map<Closeable, OpenHandle> handles = new ConcurrentHashMap<>();
  private final Map<ViewInode, Set<LayerFile>> readers = new HashMap<>();
  private Closeable afterLast;

  /**
   * An inode of the view. Without an index, each name of a lower's file is an inode of its own,
   * because each name gets its own copy.
   */
  private record ViewInode(long device, long number, String path) {
    static ViewInode of(ResolvedPath place, ViewEntry entry) {
      boolean shared = !entry.inUpper() && entry.stat().links() > 1;
      return new ViewInode(
          entry.stat().device(), entry.stat().inode(), shared ? place.pathText() : "");
    }
  }

  void handleOpened(Closeable handle, OpenHandle what) {
    handles.put(handle, what);
  }

  /**
   * Removes a handle. When the last one is closed, waiting threads continue and the deferred action
   * runs.
   */
  void handleClosed(Closeable handle) throws IOException {
    Closeable last = null;
    synchronized (handles) {
      handles.remove(handle);
      if (handles.isEmpty()) {
        handles.notifyAll();
        last = afterLast;
        afterLast = null;
      }
    }
    if (last != null) {
      last.close();
    }
  }

  /** Closes the argument as soon as nothing is open. */
  void closeWhenNoneOpen(Closeable action) throws IOException {
    synchronized (handles) {
      if (!handles.isEmpty()) {
        afterLast = action;
        return;
      }
    }
    action.close();
  }

  /** Waits until nothing is open, and returns whether that happened in time. */
  boolean waitForNone(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (handles) {
      while (!handles.isEmpty()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        handles.wait(left);
      }
      return true;
    }
  }

  List<OpenHandle> listHandles() {
    return new ArrayList<>(handles.values());
  }

  /** Registers a reader of a lower's data until it is closed. */
  synchronized void addReader(ResolvedPath place, ViewEntry entry, LayerFile file) {
    readers.computeIfAbsent(ViewInode.of(place, entry), unknown -> new LinkedHashSet<>()).add(file);
  }

  synchronized void handleClosed(LayerFile reader) {
    if (!readers.isEmpty()) {
      readers.values().forEach(files -> files.remove(reader));
      readers.values().removeIf(Set::isEmpty);
    }
  }

  /** Called when only the metadata of a file has been copied up. */
  synchronized void metadataCopiedUp(ResolvedPath place, ViewEntry from, ViewEntry to) {
    Set<LayerFile> files = readers.remove(ViewInode.of(place, from));
    if (files != null) {
      readers.put(ViewInode.of(place, to), files);
    }
  }

  /** Called when the data of a file has been copied up. */
  synchronized void dataCopiedUp(ResolvedPath place, ViewEntry from, ViewEntry to)
      throws IOException {
    Set<LayerFile> files = readers.remove(ViewInode.of(place, from));
    if (files != null) {
      for (LayerFile file : files) {
        file.switchTo(to.directory().openFile(to.name(), false));
      }
    }
  }

  /** Closes all handles; each removes itself from the registry. */
  void closeAll() throws IOException {
    Map<Closeable, OpenHandle> all = new LinkedHashMap<>(handles);
    IOException failure = null;
    for (Closeable handle : all.keySet()) {
      try {
        handle.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
