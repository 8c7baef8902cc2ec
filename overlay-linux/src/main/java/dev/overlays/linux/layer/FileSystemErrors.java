package dev.overlays.linux.layer;

import dev.overlays.layer.ClosedHandleException;
import dev.overlays.linux.syscall.Errno;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Error numbers as the exceptions that Java programs know. */
final class FileSystemErrors {
  private FileSystemErrors() {}

  static FileSystemException of(Errno errno, String path) {
    return switch (errno) {
      case ESTALE ->
          new FileSystemException(
              path,
              null,
              "it was moved, or something has taken its place, while it was in use ("
                  + errno.text()
                  + ")");
      case EBADF -> new ClosedHandleException(path);
      case ENOENT -> new NoSuchFileException(path);
      case EEXIST -> new FileAlreadyExistsException(path);
      case ENOTEMPTY -> new DirectoryNotEmptyException(path);
      case ENOTDIR -> new NotDirectoryException(path);
      case EACCES, EPERM -> new AccessDeniedException(path, null, errno.text());
      default -> new FileSystemException(path, null, errno.text());
    };
  }
}
