package dev.overlays.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All {@link ScratchMemory} memory of this JVM, made when it is first needed and kept. It is taken
 * from malloc(3), not from the direct memory of the JVM, whose limit is the program's to use up.
 */
final class ScratchPool {
  private static final int FREE = 0;
  private static final int TAKEN = 1;

  private static final ScratchMemory[] MADE = new ScratchMemory[ScratchMemory.MOST];
  private static final AtomicIntegerArray STATES = new AtomicIntegerArray(ScratchMemory.MOST);
  private static final AtomicInteger NEXT_START = new AtomicInteger();
  private static final AtomicInteger WAITING = new AtomicInteger();
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Condition GIVEN_BACK = LOCK.newCondition();

  private ScratchPool() {}

  /** Where a new thread begins to look: few threads stay out of each other's way. */
  static int startIndex() {
    return Math.floorMod(NEXT_START.getAndIncrement(), ScratchMemory.MOST);
  }

  /** Takes one of the places, if possible that where this thread begins to look. */
  static int takeFree(int start) {
    int place = tryToTake(start);
    return place >= 0 ? place : awaitFree(start);
  }

  private static int tryToTake(int start) {
    for (int i = 0; i < ScratchMemory.MOST; i++) {
      int place = (start + i) % ScratchMemory.MOST;
      if (STATES.get(place) == FREE && STATES.compareAndSet(place, FREE, TAKEN)) {
        return place;
      }
    }
    return -1;
  }

  /** Whoever gives back looks for waiting threads after that, so none is forgotten. */
  private static int awaitFree(int start) {
    LOCK.lock();
    try {
      WAITING.incrementAndGet();
      try {
        while (true) {
          int place = tryToTake(start);
          if (place >= 0) {
            return place;
          }
          GIVEN_BACK.awaitUninterruptibly();
        }
      } finally {
        WAITING.decrementAndGet();
      }
    } finally {
      LOCK.unlock();
    }
  }

  static void giveBack(int place) {
    STATES.set(place, FREE);
    if (WAITING.get() > 0) {
      LOCK.lock();
      try {
        GIVEN_BACK.signal();
      } finally {
        LOCK.unlock();
      }
    }
  }

  /** Returns the memory of a place that this thread has taken. */
  static ScratchMemory memoryAt(int place) {
    ScratchMemory scratch = MADE[place];
    if (scratch == null) {
      try {
        scratch = makeMemory();
      } finally {
        if (scratch == null) {
          giveBack(place);
        }
      }
      MADE[place] = scratch;
    }
    return scratch;
  }

  /** Makes new memory, which is never given back. */
  static ScratchMemory makeMemory() {
    long address = Native.malloc(ScratchMemory.SIZE);
    if (address == 0) {
      throw new OutOfMemoryError("no native memory for a system call");
    }
    return new ScratchMemory(address, new Pointer(address).getByteBuffer(0, ScratchMemory.SIZE));
  }
}
