package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Moves entries by the rules of rename(2), from which other providers deviate. */
final class PosixRenames {
  private PosixRenames() {}

  static void renameEntry(Path from, EntryStat source, Path to, Optional<EntryStat> replaced)
      throws IOException {
    if (!from.getFileSystem().equals(to.getFileSystem())) {
      throw new FileSystemException(from.toString(), to.toString(), "on another file system");
    }
    if (replaced.isPresent()) {
      if (source.sameInode(replaced.get())) {
        return;
      }
      refuseReplacement(from, source, to, replaced.get());
    }
    if (source.isDirectory() && to.startsWith(from)) {
      throw new FileSystemException(
          from.toString(), to.toString(), "a directory cannot go into itself");
    }
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void refuseReplacement(Path from, EntryStat source, Path to, EntryStat replaced)
      throws IOException {
    if (source.isDirectory()) {
      if (!replaced.isDirectory()) {
        throw new NotDirectoryException(to.toString());
      }
      try (DirectoryStream<Path> content = Files.newDirectoryStream(to)) {
        if (content.iterator().hasNext()) {
          throw new DirectoryNotEmptyException(to.toString());
        }
      }
    } else if (replaced.isDirectory()) {
      throw new FileSystemException(from.toString(), to.toString(), "is a directory");
    }
  }
}
