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

/** Deletes what tests leave behind, whatever modes it has. */
final class LeftoverDeletion {
  private static final String ALL_RIGHTS = "rwx------";

  /** So many directories may be around one that is deleted where it is. */
  private static final int DEEP = 64;

  private LeftoverDeletion() {}

  /** Something that is undone. */
  @FunctionalInterface
  interface UndoStep {
    void run() throws IOException;
  }

  /** Undoes something after a failure, which stays the one that is thrown. */
  static void after(Throwable failure, UndoStep undoing) {
    try {
      undoing.run();
    } catch (IOException | RuntimeException | Error e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Undoes everything, and throws what the first throws that fails. */
  static void all(Iterable<UndoStep> undoings) throws IOException {
    Throwable failure = null;
    for (UndoStep undoing : undoings) {
      if (failure != null) {
        after(failure, undoing);
        continue;
      }
      try {
        undoing.run();
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw rethrown(failure);
    }
  }

  /** Throws a failure again that is an IOException or unchecked. */
  static IOException rethrown(Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return (IOException) failure;
  }

  /**
   * Deletes the directory of a view that is closed. Its mount point goes first and alone: this
   * fails when anything is mounted there still, and so nothing is ever deleted through a mount.
   */
  static void view(Path directory, Path mountPoint) throws IOException {
    Files.deleteIfExists(mountPoint);
    tree(directory);
  }

  /**
   * Deletes an entry with all that is in it. What is deep in it is moved to its top before, since
   * no path may be longer than the file system takes.
   */
  static void tree(Path entry) throws IOException {
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      makeUsable(entry);
      Deque<Path> begun = new ArrayDeque<>(List.of(entry));
      while (!begun.isEmpty()) {
        Path directory = begun.peek();
        Optional<Path> inner = clear(directory);
        if (inner.isPresent()) {
          makeUsable(inner.get());
          begun.push(begun.size() < DEEP ? inner.get() : moved(inner.get(), entry));
        } else {
          begun.pop();
          Files.delete(directory);
        }
      }
    } else {
      Files.delete(entry);
    }
  }

  /** Deletes what is no directory, and returns a directory if there is one. */
  private static Optional<Path> clear(Path directory) throws IOException {
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

  private static Path moved(Path directory, Path top) throws IOException {
    Path target = top.resolve(UUID.randomUUID().toString());
    return Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The kernel makes a directory without any rights in the work directory. */
  private static void makeUsable(Path directory) throws IOException {
    if (!Files.isReadable(directory)
        || !Files.isWritable(directory)
        || !Files.isExecutable(directory)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(ALL_RIGHTS));
    }
  }
}
