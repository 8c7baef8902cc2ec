package dev.overlays.linux.fuse;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Starts processes. Between fork and exec a new process has all descriptors of this JVM open,
 * including files of other views, and keeps those views busy. An unmount that finds a view busy can
 * wait until no process is being started.
 */
final class ProcessSpawning {
  private static final ReadWriteLock STARTS = new ReentrantReadWriteLock();

  private ProcessSpawning() {}

  /** Starts a process; when this returns, it runs its program and has no other descriptors open. */
  static Process startProcess(ProcessBuilder builder) throws IOException {
    STARTS.readLock().lock();
    try {
      return builder.start();
    } finally {
      STARTS.readLock().unlock();
    }
  }

  /** Waits until the starts that have begun are finished. */
  static void awaitStarts() {
    Lock none = STARTS.writeLock();
    none.lock();
    try {
      // Holding the write lock means that no start holds the read lock.
    } finally {
      none.unlock();
    }
  }
}
