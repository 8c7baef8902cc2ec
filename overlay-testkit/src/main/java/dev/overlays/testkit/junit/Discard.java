package dev.overlays.testkit.junit;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Deletes what tests leave behind, whatever modes it has. */
final class Discard {
  private static final String ALL_RIGHTS = "rwx------";

  private Discard() {}

  /** Something that is undone. */
  @FunctionalInterface
  interface Undoing {
    void run() throws IOException;
  }

  /** Undoes something after a failure, which stays the one that is thrown. */
  static void after(Throwable failure, Undoing undoing) {
    try {
      undoing.run();
    } catch (IOException | RuntimeException | Error e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Undoes everything, and throws what the first throws that fails. */
  static void all(Iterable<Undoing> undoings) throws IOException {
    Throwable failure = null;
    for (Undoing undoing : undoings) {
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

  /** Deletes an entry with all that is in it. */
  static void tree(Path entry) throws IOException {
    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      makeUsable(entry);
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(entry)) {
        for (Path inner : entries) {
          tree(inner);
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    Files.delete(entry);
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
