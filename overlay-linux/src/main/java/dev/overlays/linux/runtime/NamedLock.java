package dev.overlays.linux.runtime;

import dev.overlays.linux.syscall.Descriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A lock among the processes of one user. It is taken on a directory that nobody else can open,
 * since anybody who may read a directory can lock it. The directory is in the {@link
 * RuntimeDirectory}, and is removed with the lock.
 */
public final class NamedLock implements Closeable {
  private static final long MILLISECONDS_BETWEEN_TRIES = 5;

  private final Path directory;
  private final Descriptor lock;

  private NamedLock(Path directory, Descriptor lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Takes a lock.
   *
   * @param name the name of the lock, a file name
   * @param patience how long to wait
   * @return the lock, to be closed; empty if another process of this user has it
   * @throws IOException if there is no place for it
   */
  public static Optional<NamedLock> tryAcquire(String name, Duration patience) throws IOException {
    Path directory = RuntimeDirectory.findDirectory().resolve(name);
    long start = System.nanoTime();
    while (true) {
      Descriptor lock = tryAcquireOnce(directory);
      if (lock != null) {
        return Optional.of(new NamedLock(directory, lock));
      }
      if (System.nanoTime() - start > patience.toNanos()) {
        return Optional.empty();
      }
      try {
        TimeUnit.MILLISECONDS.sleep(MILLISECONDS_BETWEEN_TRIES);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }

  private static Descriptor tryAcquireOnce(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, RuntimeDirectory.OWNERS);
    } catch (FileAlreadyExistsException e) {
      // Another process has the lock, or ended while it had it.
    }
    return ProcessDirectory.lockIfThere(directory);
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      Files.deleteIfExists(directory);
    }
  }
}
