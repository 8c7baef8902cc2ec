package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;

/** Deletes entries, and throws the exceptions that the JDK throws. */
final class PathDeleter {
  private final ViewCalls calls;

  PathDeleter(ViewCalls calls) {
    this.calls = calls;
  }

  /** Deletes an entry of any type; a symbolic link is not followed. */
  void deleteEntry(UnresolvedPath unresolved, Path path) throws IOException {
    AttributeTarget target = new AttributeTarget(calls, unresolved, false, path);
    if (target.stat().isDirectory()) {
      deleteDirectory(unresolved, path);
    } else {
      deleteFile(unresolved, path);
    }
  }

  void deleteFile(UnresolvedPath unresolved, Path path) throws IOException {
    try {
      calls.changes().removeFile(unresolved);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path);
    }
  }

  void deleteDirectory(UnresolvedPath unresolved, Path path) throws IOException {
    try {
      calls.changes().removeDirectory(unresolved);
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ENOTEMPTY
          ? new DirectoryNotEmptyException(path.toString())
          : JdkExceptions.translateFailure(e, path);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path);
    }
  }
}
