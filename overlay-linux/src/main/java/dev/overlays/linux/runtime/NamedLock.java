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
 * A lock among the processes of one user, on a directory that nobody else can open: whoever may
 * read a directory can lock it, so what others can read must not be what is locked. The directory
 * is in the {@link RuntimeDirectory}, and goes with the lock.
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
   * @param name what is locked, a file name
   * @param patience how long to try
   * @return the lock, to be closed; empty if another process of this user has it
   * @throws IOException if there is no place for it
   */
  public static Optional<NamedLock> tryFor(String name, Duration patience) throws IOException {
    Path directory = RuntimeDirectory.findDirectory().resolve(name);
    long start = System.nanoTime();
    while (true) {
      Descriptor lock = tryOnce(directory);
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

  private static Descriptor tryOnce(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, RuntimeDirectory.OWNERS);
    } catch (FileAlreadyExistsException e) {
      // Somebody has it, or has ended with it.
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
