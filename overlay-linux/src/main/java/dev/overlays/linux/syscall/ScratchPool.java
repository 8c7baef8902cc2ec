package dev.overlays.linux.syscall;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All {@link ScratchMemory} memory of this JVM, allocated when it is first needed and then kept. It
 * comes from mmap(2), not from the direct memory of the JVM, whose limit belongs to the
 * application.
 */
final class ScratchPool {
  private static final int FREE = 0;
  private static final int TAKEN = 1;

  private static final ScratchMemory[] MADE = new ScratchMemory[ScratchMemory.MOST];
  private static final AtomicInteger[] STATES = new AtomicInteger[ScratchMemory.MOST];
  private static final AtomicInteger NEXT_START = new AtomicInteger();
  private static final AtomicInteger WAITING = new AtomicInteger();

  static {
    for (int i = 0; i < STATES.length; i++) {
      STATES[i] = new AtomicInteger(FREE);
    }
  }

  private ScratchPool() {}

  /** What only a thread that waits needs. */
  private static final class WaitingRoom {
    static final ReentrantLock LOCK = new ReentrantLock();
    static final Condition GIVEN_BACK = LOCK.newCondition();
  }

  /**
   * Returns the index at which a new thread starts to search, so that few threads do not contend.
   */
  static int startIndex() {
    return Math.floorMod(NEXT_START.getAndIncrement(), ScratchMemory.MOST);
  }

  /** Takes a free index, preferably the one at which this thread starts to search. */
  static int takeFree(int start) {
    int place = tryToTake(start);
    return place >= 0 ? place : awaitFree(start);
  }

  private static int tryToTake(int start) {
    for (int i = 0; i < ScratchMemory.MOST; i++) {
      int place = (start + i) % ScratchMemory.MOST;
      if (STATES[place].get() == FREE && STATES[place].compareAndSet(FREE, TAKEN)) {
        return place;
      }
    }
    return -1;
  }

  /** A thread that returns memory checks for waiting threads afterwards, so none is missed. */
  private static int awaitFree(int start) {
    WaitingRoom.LOCK.lock();
    try {
      WAITING.incrementAndGet();
      try {
        while (true) {
          int place = tryToTake(start);
          if (place >= 0) {
            return place;
          }
          WaitingRoom.GIVEN_BACK.awaitUninterruptibly();
        }
      } finally {
        WAITING.decrementAndGet();
      }
    } finally {
      WaitingRoom.LOCK.unlock();
    }
  }

  static void giveBack(int place) {
    STATES[place].set(FREE);
    if (WAITING.get() > 0) {
      WaitingRoom.LOCK.lock();
      try {
        WaitingRoom.GIVEN_BACK.signal();
      } finally {
        WaitingRoom.LOCK.unlock();
      }
    }
  }

  /** Returns the memory at an index that this thread has taken. */
  static ScratchMemory memoryAt(int place) {
    ScratchMemory scratch = MADE[place];
    if (scratch == null) {
      try {
        scratch = Kernel.allocateScratch();
      } finally {
        if (scratch == null) {
          giveBack(place);
        }
      }
      MADE[place] = scratch;
    }
    return scratch;
  }
}
