package dev.overlays.merge.apply;

import dev.overlays.layer.LayerDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Changes of the upper that wait until the lower has durably what they rely on. One sync serves
 * many of them, since each makes the disk write and the merge wait. They are made in the order in
 * which they were added. What is not made when a merge stops, the next one does.
 */
final class LowerSyncQueue implements Closeable {
  /** How many changes wait for one sync: that many directories a crash lets the next run repeat. */
  static final int MOST_WAITING = 256;

  private final LayerDirectory lower;
  private final Object syncing = new Object();
  private final Deque<UpperChange> waiting = new ArrayDeque<>();

  LowerSyncQueue(LayerDirectory lower) {
    this.lower = lower;
  }

  /** A change of the upper. It is closed when it has been made or never will be. */
  @FunctionalInterface
  interface UpperChange extends Closeable {
    void changeUpper() throws IOException;

    @Override
    default void close() throws IOException {
      // Most hold nothing open.
    }
  }

  /** Adds a change. Syncs the lower and makes the changes if enough of them wait. */
  void addChange(UpperChange change) throws IOException {
    if (countAdded(change) >= MOST_WAITING) {
      synchronized (syncing) {
        // Another worker may have made them meanwhile.
        if (count() >= MOST_WAITING) {
          syncAndChange();
        }
      }
    }
  }

  private int countAdded(UpperChange change) {
    synchronized (waiting) {
      waiting.add(change);
      return waiting.size();
    }
  }

  private int count() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /** Syncs the lower, then makes the changes that were added before. */
  void syncAndChange() throws IOException {
    synchronized (syncing) {
      int durable = count();
      lower.syncFileSystem();
      for (int i = 0; i < durable; i++) {
        try (UpperChange next = pollFirst()) {
          next.changeUpper();
        }
      }
    }
  }

  private UpperChange pollFirst() {
    synchronized (waiting) {
      return waiting.poll();
    }
  }

  /** Drops the changes that still wait. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (UpperChange next = pollFirst(); next != null; next = pollFirst()) {
      try {
        next.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
