package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Translates failures into the exceptions that the JDK throws on Linux for the same error, with the
 * paths that the caller knows.
 */
final class JdkExceptions {
  private static final String NOT_PERMITTED = "operation not permitted";

  private JdkExceptions() {}

  static IOException of(IOException failure, Path file) {
    return of(failure, file, null);
  }

  static IOException of(IOException failure, Path path, Path second) {
    String file = path.toString();
    String other = second == null ? null : second.toString();
    if (failure instanceof ErrnoException known) {
      return of(known.errno(), file, other);
    }
    if (failure instanceof FileSystemException store) {
      return withCause(ofStore(store, file, other), store);
    }
    return failure;
  }

  private static IOException of(ErrorNumber errno, String file, String other) {
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(file, other, null);
      case EEXIST -> new FileAlreadyExistsException(file, other, null);
      case EACCES -> new AccessDeniedException(file, other, null);
      case ELOOP ->
          new FileSystemException(
              file, other, errno.text() + " or unable to access attributes of symbolic link");
      default -> new FileSystemException(file, other, errno.text());
    };
  }

  /**
   * Translates a failure of a store, whose reasons begin in lower case; the JDK's begin in upper
   * case.
   */
  private static IOException ofStore(FileSystemException e, String file, String other) {
    String reason = e.getReason();
    if (e instanceof NoSuchFileException) {
      return of(ErrorNumber.ENOENT, file, other);
    }
    if (e instanceof FileAlreadyExistsException) {
      return of(ErrorNumber.EEXIST, file, other);
    }
    if (e instanceof DirectoryNotEmptyException) {
      return of(ErrorNumber.ENOTEMPTY, file, other);
    }
    if (e instanceof NotDirectoryException) {
      return of(ErrorNumber.ENOTDIR, file, other);
    }
    if (e instanceof AccessDeniedException) {
      return of(NOT_PERMITTED.equals(reason) ? ErrorNumber.EPERM : ErrorNumber.EACCES, file, other);
    }
    String text =
        reason == null || reason.isEmpty()
            ? ErrorNumber.EIO.text()
            : Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
    return new FileSystemException(file, other, text);
  }

  private static IOException withCause(IOException e, IOException cause) {
    e.initCause(cause);
    return e;
  }
}
