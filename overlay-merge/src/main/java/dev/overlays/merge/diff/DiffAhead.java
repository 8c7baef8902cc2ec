package dev.overlays.merge.diff;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/** A directory of the upper that another thread begins before a diff comes to it. */
final class DiffAhead implements Closeable {
  private final EntryComparison.ComparedEntry directory;
  private final DiffWalk walk;
  private final FutureTask<Void> beginning;

  private DiffAhead(EntryComparison.ComparedEntry directory, DiffWalk walk) {
    this.directory = directory;
    this.walk = walk;
    beginning =
        new FutureTask<>(
            () -> {
              walk.beginLevel();
              return null;
            });
  }

  static DiffAhead startWalk(
      EntryComparison.ComparedEntry directory, DiffWalk walk, Executor helpers) {
    DiffAhead ahead = new DiffAhead(directory, walk);
    helpers.execute(ahead.beginning);
    return ahead;
  }

  /** Whether it is of an entry of the same directory. */
  boolean isOf(EntryComparison.ComparedEntry entry) {
    return directory.name().equals(entry.name());
  }

  /** The walk through the directory, when nobody else is in it; nobody may have begun it before. */
  DiffWalk takeWalk() throws IOException {
    beginning.run();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          beginning.get();
          return walk;
        } catch (InterruptedException e) {
          // The handles of the directory are not to be closed while they are in use.
          interrupted = true;
        } catch (ExecutionException e) {
          throw asIOException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private IOException asIOException(Throwable cause) throws IOException {
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

  /** Ends what has been begun, and nobody has asked for. */
  @Override
  public void close() throws IOException {
    walk.endLevel();
    try {
      takeWalk();
    } catch (IOException e) {
      // Then it has closed itself, and what it has failed to find is not missed.
      return;
    }
    walk.close();
  }
}
