package dev.overlays.linux.layer;

import dev.overlays.linux.syscall.ScratchMemory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open directories below the roots of layers, in the order of opening. A walk in a deep tree
 * holds a handle for each level, and the number of descriptors of a process is limited
 * (RLIMIT_NOFILE, often 1024): when too many are open, those opened first are parked.
 *
 * <p>All changes, and all opening, parking and closing of these directories, happen under the lock
 * of the one instance.
 */
final class OpenDirectories {
  static final OpenDirectories ALL = new OpenDirectories();

  /**
   * The most descriptors that stay open. A stack has up to 500 lowers, so all layers of one
   * directory fit.
   */
  private static final int MOST = 512;

  /** How many directories in use are skipped in search of one that can be parked. */
  private static final int MOST_IN_USE = 64;

  /** How many bytes of unfinished listings are kept for all parked directories together. */
  private static final int MOST_BYTES_AHEAD = 1 << 24;

  /** Memory for calls under the lock, which may interrupt another call of the same thread. */
  private ScratchMemory scratch;

  private DirectoryDescriptor first;
  private DirectoryDescriptor last;
  private final AtomicInteger count = new AtomicInteger();
  private int bytesAhead;

  private OpenDirectories() {}

  synchronized ScratchMemory lockedScratch() {
    if (scratch == null) {
      scratch = ScratchMemory.separateMemory();
    }
    return scratch;
  }

  /** Parks the directory that was opened first, if there is no room for another. */
  void makeRoom() {
    if (count.get() >= MOST) {
      parkOldest(1);
    }
  }

  /** Parks all directories that are not in use; returns whether any was parked. */
  boolean parkAll() {
    return parkOldest(Integer.MAX_VALUE);
  }

  private synchronized boolean parkOldest(int wanted) {
    int parked = 0;
    int passed = 0;
    DirectoryDescriptor next = first;
    while (next != null && parked < wanted && passed < MOST_IN_USE) {
      DirectoryDescriptor following = next.after;
      if (next.tryPark()) {
        parked++;
      } else {
        passed++;
      }
      next = following;
    }
    return parked > 0;
  }

  void addDirectory(DirectoryDescriptor opened) {
    opened.before = last;
    opened.after = null;
    if (last == null) {
      first = opened;
    } else {
      last.after = opened;
    }
    last = opened;
    count.incrementAndGet();
  }

  void removeDirectory(DirectoryDescriptor closed) {
    if (closed.before == null) {
      first = closed.after;
    } else {
      closed.before.after = closed.after;
    }
    if (closed.after == null) {
      last = closed.before;
    } else {
      closed.after.before = closed.before;
    }
    closed.before = null;
    closed.after = null;
    count.decrementAndGet();
  }

  /** Reserves bytes for a part of a listing; returns false if the limit is reached. */
  boolean reserveBytes(int bytes) {
    if (bytesAhead + bytes > MOST_BYTES_AHEAD) {
      return false;
    }
    bytesAhead += bytes;
    return true;
  }

  synchronized void releaseBytes(int bytes) {
    bytesAhead -= bytes;
  }
}
