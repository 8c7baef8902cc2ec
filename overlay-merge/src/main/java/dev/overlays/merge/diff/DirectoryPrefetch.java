package dev.overlays.merge.diff;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/** A directory of the upper that a helper thread starts to read before the diff reaches it. */
final class DirectoryPrefetch implements Closeable {
  private final EntryComparison.UpperEntry directory;
  private final DiffWalk walk;
  private final FutureTask<Void> beginning;

  private DirectoryPrefetch(EntryComparison.UpperEntry directory, DiffWalk walk) {
    this.directory = directory;
    this.walk = walk;
    beginning =
        new FutureTask<>(
            () -> {
              walk.findFirstChanges();
              return null;
            });
  }

  static DirectoryPrefetch startIn(
      EntryComparison.UpperEntry directory, DiffWalk walk, Executor helpers) {
    DirectoryPrefetch ahead = new DirectoryPrefetch(directory, walk);
    helpers.execute(ahead.beginning);
    return ahead;
  }

  /** Whether this is the prefetch of an entry. */
  boolean isOf(EntryComparison.UpperEntry entry) {
    return directory.name().equals(entry.name());
  }

  /**
   * Returns the walk through the directory. Waits for the helper, or starts the walk if no helper
   * has.
   */
  DiffWalk takeWalk() throws IOException {
    beginning.run();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          beginning.get();
          return walk;
        } catch (InterruptedException e) {
          // The handles must not be closed while the helper uses them.
          interrupted = true;
        } catch (ExecutionException e) {
          throw failureOf(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private IOException failureOf(Throwable cause) throws IOException {
    try (walk) {
      if (cause instanceof RuntimeException e) {
        throw e;
      }
      if (cause instanceof Error e) {
        throw e;
      }
      return (IOException) cause;
    }
  }

  /** Stops a walk that nobody has taken. */
  @Override
  public void close() throws IOException {
    walk.stopFinding();
    try {
      takeWalk();
    } catch (IOException e) {
      // The walk has closed itself, and nobody needs its changes.
      return;
    }
    walk.close();
  }
}
