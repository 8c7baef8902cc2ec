package dev.overlays.testkit.junit;

import dev.overlays.OverlayMount;
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

  /**
   * Deletes the directory of a view that is closed. Its mount point goes first and alone: this
   * fails when anything is mounted there still, and so nothing is ever deleted through a mount.
   */
  static void view(Path directory, OverlayMount closed) throws IOException {
    if (!(closed instanceof CopiedView)) {
      Files.deleteIfExists(closed.spec().mountPoint().orElseThrow());
    }
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
