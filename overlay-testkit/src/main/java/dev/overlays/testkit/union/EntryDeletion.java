package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;

/** Deletes entries, and throws the exceptions that the JDK throws. */
final class EntryDeletion {
  private final ViewCalls calls;

  EntryDeletion(ViewCalls calls) {
    this.calls = calls;
  }

  /** Deletes an entry of any type; a symbolic link is not followed. */
  void any(StartingPath unresolved, Path path) throws IOException {
    AttributeTarget target = new AttributeTarget(calls, unresolved, false, path);
    if (target.stat().isDirectory()) {
      directory(unresolved, path);
    } else {
      file(unresolved, path);
    }
  }

  void file(StartingPath unresolved, Path path) throws IOException {
    try {
      calls.changes().remove(unresolved);
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }

  void directory(StartingPath unresolved, Path path) throws IOException {
    try {
      calls.changes().removeDirectory(unresolved);
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ENOTEMPTY
          ? new DirectoryNotEmptyException(path.toString())
          : JdkExceptions.of(e, path);
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }
}
