package dev.overlays.linux.layer;

import dev.overlays.linux.syscall.ScratchMemory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The directories below the roots of layers that have a descriptor now, the one opened first in
 * front. A walk in a deep tree holds a handle of each level, and a process may have only so many
 * descriptors (RLIMIT_NOFILE, often 1024): those that were opened first are parked when there are
 * too many.
 *
 * <p>Everything here, and whatever opens, parks or closes one of them, is done under the lock of
 * the one instance.
 */
final class OpenDirectories {
  static final OpenDirectories ALL = new OpenDirectories();

  /** A stack has up to 500 lowers, so that one directory of a view fits. */
  private static final int MOST = 512;

  /** So many in use are passed over in search of one that can be parked. */
  private static final int MOST_IN_USE = 64;

  /** So many bytes of unfinished listings are kept for all that are parked. */
  private static final int MOST_BYTES_AHEAD = 1 << 24;

  /** For what is done under the lock, maybe in the midst of another call of the thread. */
  private ScratchMemory scratch;

  private DirectoryDescriptor first;
  private DirectoryDescriptor last;
  private final AtomicInteger count = new AtomicInteger();
  private int bytesAhead;

  private OpenDirectories() {}

  synchronized ScratchMemory borrowScratch() {
    if (scratch == null) {
      scratch = ScratchMemory.separateMemory();
    }
    return scratch;
  }

  /** Parks what has been open longest, if that is needed for one more. */
  void makeRoom() {
    if (count.get() >= MOST) {
      parkSlot(1);
    }
  }

  /** Parks all that is in no use at this moment, and tells whether there was any. */
  boolean parkAll() {
    return parkSlot(Integer.MAX_VALUE);
  }

  private synchronized boolean parkSlot(int wanted) {
    int parked = 0;
    int passed = 0;
    DirectoryDescriptor next = first;
    while (next != null && parked < wanted && passed < MOST_IN_USE) {
      DirectoryDescriptor following = next.after;
      if (next.mayPark()) {
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

  /** Counts a part of a listing that is to be kept, unless there is too much already. */
  boolean keepOpen(int bytes) {
    if (bytesAhead + bytes > MOST_BYTES_AHEAD) {
      return false;
    }
    bytesAhead += bytes;
    return true;
  }

  synchronized void forgetSlot(int bytes) {
    bytesAhead -= bytes;
  }
}
