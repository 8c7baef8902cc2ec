package dev.overlays.linux.rootless;

import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that a namespace must have as this process has it. What this process sees in a
 * namespace, through {@code /proc/PID/root}, the real path leads out of: it means something in that
 * namespace only.
 *
 * @param given how this process names it, an absolute path
 * @param real its path without symbolic links
 */
record NeededPath(Path given, Path real) {
  /** Of {@code /proc/PID/root}. */
  private static final int ROOT_NAMES = 3;

  static NeededPath of(Path path) throws IOException {
    return new NeededPath(path.toAbsolutePath(), realPath(path));
  }

  /** The real path; of what is only in a namespace, the path that it has there. */
  static Path realPath(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (FileSystemException e) {
      Path given = path.toAbsolutePath().normalize();
      if (isThroughNamespace(given) && Files.exists(given)) {
        return given.getRoot().resolve(given.subpath(ROOT_NAMES, given.getNameCount()));
      }
      throw e;
    }
  }

  private static boolean isThroughNamespace(Path given) {
    return given.startsWith("/proc")
        && given.getNameCount() > ROOT_NAMES
        && given.getName(ROOT_NAMES - 1).toString().equals("root");
  }

  boolean isSeenIn(UserNamespace namespace) {
    try {
      FileId here = FileId.of(PathBytes.of(given));
      return here.sameFile(FileId.of(PathBytes.of(namespace.pathSeenHere(real))));
    } catch (SyscallException e) {
      return false;
    }
  }
}
