package dev.overlays.testkit.junit;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Deletes what tests leave behind, whatever its modes are. */
final class LeftoverRemoval {
  private static final String ALL_RIGHTS = "rwx------";

  /** Directories nested deeper than this are moved up before they are deleted. */
  private static final int MOST_NESTED = 64;

  private LeftoverRemoval() {}

  /** One action of a cleanup. */
  @FunctionalInterface
  interface UndoStep {
    void run() throws IOException;
  }

  /** Runs an action after a failure; its own failure is added to the first as suppressed. */
  static void runAfter(Throwable failure, UndoStep undoing) {
    try {
      undoing.run();
    } catch (IOException | RuntimeException | Error e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Runs all actions, and throws the first failure. */
  static void runAll(Iterable<UndoStep> undoings) throws IOException {
    Throwable failure = null;
    for (UndoStep undoing : undoings) {
      if (failure != null) {
        runAfter(failure, undoing);
        continue;
      }
      try {
        undoing.run();
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw rethrowFailure(failure);
    }
  }

  /** Throws an unchecked failure, and returns an IOException for the caller to throw. */
  static IOException rethrowFailure(Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return (IOException) failure;
  }

  /**
   * Deletes the directory of a closed view. The mount point is deleted first, not recursively: that
   * fails if anything is still mounted there, so nothing is ever deleted through a mount.
   */
  static void deleteView(Path directory, Path mountPoint) throws IOException {
    Files.deleteIfExists(mountPoint);
    deleteTree(directory);
  }

  /**
   * Deletes an entry recursively. Deep directories are moved to the top first, so that no path
   * exceeds the limit of the file system.
   */
  static void deleteTree(Path entry) throws IOException {
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      makeUsable(entry);
      Deque<Path> begun = new ArrayDeque<>(List.of(entry));
      while (!begun.isEmpty()) {
        Path directory = begun.peek();
        Optional<Path> inner = deleteFiles(directory);
        if (inner.isPresent()) {
          makeUsable(inner.get());
          begun.push(begun.size() < MOST_NESTED ? inner.get() : moveToTop(inner.get(), entry));
        } else {
          begun.pop();
          Files.delete(directory);
        }
      }
    } else {
      Files.delete(entry);
    }
  }

  /** Deletes entries until a directory is found, and returns that directory. */
  private static Optional<Path> deleteFiles(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          return Optional.of(entry);
        }
        Files.delete(entry);
      }
      return Optional.empty();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static Path moveToTop(Path directory, Path top) throws IOException {
    Path target = top.resolve(UUID.randomUUID().toString());
    return Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Gives the owner all rights: the kernel makes a directory without any rights in the work
   * directory.
   */
  private static void makeUsable(Path directory) throws IOException {
    if (!Files.isReadable(directory)
        || !Files.isWritable(directory)
        || !Files.isExecutable(directory)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(ALL_RIGHTS));
    }
  }
}
