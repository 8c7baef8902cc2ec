package dev.overlays.linux.fuse;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Starts processes. Between its birth and its program a new process has everything open that this
 * JVM has open at that moment, files of other views among it, and keeps these views busy. Who finds
 * a view busy can wait until nothing is being born.
 */
final class ProcessSpawning {
  private static final ReadWriteLock BIRTHS = new ReentrantReadWriteLock();

  private ProcessSpawning() {}

  /** Starts a process; it has its program, and nothing else open, when this returns. */
  static Process startProcess(ProcessBuilder builder) throws IOException {
    BIRTHS.readLock().lock();
    try {
      return builder.start();
    } finally {
      BIRTHS.readLock().unlock();
    }
  }

  /** Waits for the births that have begun. */
  static void awaitDescriptors() {
    Lock none = BIRTHS.writeLock();
    none.lock();
    try {
      // Whoever has it knows that nobody else has the other.
    } finally {
      none.unlock();
    }
  }
}
