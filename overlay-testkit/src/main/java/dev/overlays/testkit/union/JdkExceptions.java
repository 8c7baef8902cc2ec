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

  static IOException translateFailure(IOException failure, Path file) {
    return translateFailure(failure, file, null);
  }

  static IOException translateFailure(IOException failure, Path path, Path second) {
    String file = path.toString();
    String other = second == null ? null : second.toString();
    if (failure instanceof ErrnoException known) {
      return translateFailure(known.errno(), file, other);
    }
    if (failure instanceof FileSystemException store) {
      return withCause(translateStoreFailure(store, file, other), store);
    }
    return failure;
  }

  private static IOException translateFailure(ErrorNumber errno, String file, String other) {
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(file, other, null);
      case EEXIST -> new FileAlreadyExistsException(file, other, null);
      case EACCES -> new AccessDeniedException(file, other, null);
      case ELOOP ->
          new FileSystemException(
              file,
              other,
              errno.messageText() + " or unable to access attributes of symbolic link");
      default -> new FileSystemException(file, other, errno.messageText());
    };
  }

  /**
   * Translates a failure of a store, whose reasons begin in lower case; the JDK's begin in upper
   * case.
   */
  private static IOException translateStoreFailure(
      FileSystemException e, String file, String other) {
    String reason = e.getReason();
    if (e instanceof NoSuchFileException) {
      return translateFailure(ErrorNumber.ENOENT, file, other);
    }
    if (e instanceof FileAlreadyExistsException) {
      return translateFailure(ErrorNumber.EEXIST, file, other);
    }
    if (e instanceof DirectoryNotEmptyException) {
      return translateFailure(ErrorNumber.ENOTEMPTY, file, other);
    }
    if (e instanceof NotDirectoryException) {
      return translateFailure(ErrorNumber.ENOTDIR, file, other);
    }
    if (e instanceof AccessDeniedException) {
      return translateFailure(
          NOT_PERMITTED.equals(reason) ? ErrorNumber.EPERM : ErrorNumber.EACCES, file, other);
    }
    String text =
        reason == null || reason.isEmpty()
            ? ErrorNumber.EIO.messageText()
            : Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
    return new FileSystemException(file, other, text);
  }

  private static IOException withCause(IOException e, IOException cause) {
    e.initCause(cause);
    return e;
  }
}
