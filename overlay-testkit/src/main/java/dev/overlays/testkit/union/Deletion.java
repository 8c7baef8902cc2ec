package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;

/** Deletes entries, and throws the exceptions that the JDK throws. */
final class Deletion {
  private final Calls calls;

  Deletion(Calls calls) {
    this.calls = calls;
  }

  /** Deletes an entry of any type; a symbolic link is not followed. */
  void any(Spot unresolved, Path path) throws IOException {
    Target target = new Target(calls, unresolved, false, path);
    if (target.stat().isDirectory()) {
      directory(unresolved, path);
    } else {
      file(unresolved, path);
    }
  }

  void file(Spot unresolved, Path path) throws IOException {
    try {
      calls.changes().remove(unresolved);
    } catch (IOException e) {
      throw Failures.of(e, path);
    }
  }

  void directory(Spot unresolved, Path path) throws IOException {
    try {
      calls.changes().removeDirectory(unresolved);
    } catch (ErrnoException e) {
      throw e.errno() == Errno.ENOTEMPTY
          ? new DirectoryNotEmptyException(path.toString())
          : Failures.of(e, path);
    } catch (IOException e) {
      throw Failures.of(e, path);
    }
  }
}
