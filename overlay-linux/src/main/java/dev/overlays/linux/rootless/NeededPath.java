package dev.overlays.linux.rootless;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that a namespace must see as this process sees it. For a directory that this process
 * sees only through {@code /proc/PID/root}, the real path is the one inside that namespace.
 *
 * @param given the absolute path by which this process names it
 * @param real its path without symbolic links
 */
record NeededPath(Path given, Path real) {
  /** The number of names in {@code /proc/PID/root}. */
  private static final int NAMES_OF_ROOT = 3;

  static NeededPath of(Path path) throws IOException {
    return new NeededPath(path.toAbsolutePath(), realPath(path));
  }

  /** Returns the real path; for a directory that is only in a namespace, its path there. */
  static Path realPath(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (FileSystemException e) {
      Path given = path.toAbsolutePath().normalize();
      if (isThroughNamespace(given) && Files.exists(given)) {
        return given.getRoot().resolve(given.subpath(NAMES_OF_ROOT, given.getNameCount()));
      }
      throw e;
    }
  }

  private static boolean isThroughNamespace(Path given) {
    return given.startsWith("/proc")
        && given.getNameCount() > NAMES_OF_ROOT
        && given.getName(NAMES_OF_ROOT - 1).toString().equals("root");
  }

  boolean isSeenIn(UserNamespace namespace) {
    try {
      FileId here = FileId.of(PathBytes.of(given));
      return here.isSameFile(FileId.of(PathBytes.of(namespace.pathSeenHere(real))));
    } catch (SyscallException e) {
      return false;
    }
  }
}
