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

  @FunctionalInterface
  private interface Removal {
    void remove() throws IOException;
  }

  private static void translateFailures(Path path, Removal removal) throws IOException {
    try {
      removal.remove();
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ENOTEMPTY
          ? new DirectoryNotEmptyException(path.toString())
          : JdkExceptions.translateFailure(e, path);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path);
    }
  }

  /** Deletes an entry of any type; a symbolic link is not followed. */
  void deleteEntry(UnresolvedPath unresolved, Path path) throws IOException {
    translateFailures(path, () -> calls.changes().removeEntry(unresolved));
  }

  void deleteFile(UnresolvedPath unresolved, Path path) throws IOException {
    translateFailures(path, () -> calls.changes().removeFile(unresolved));
  }

  void deleteDirectory(UnresolvedPath unresolved, Path path) throws IOException {
    translateFailures(path, () -> calls.changes().removeDirectory(unresolved));
  }
}
