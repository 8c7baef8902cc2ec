package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;

/** Removes entries, with the exceptions that the JDK has for it. */
final class Deletion {
  private final Calls calls;

  Deletion(Calls calls) {
    this.calls = calls;
  }

  /** Removes whatever is there, a link itself. */
  void any(Spot spot, Path path) throws IOException {
    Target target = new Target(calls, spot, false, path);
    if (target.stat().isDirectory()) {
      directory(spot, path);
    } else {
      file(spot, path);
    }
  }

  void file(Spot spot, Path path) throws IOException {
    try {
      calls.changes().remove(spot);
    } catch (IOException e) {
      throw Failures.of(e, path);
    }
  }

  void directory(Spot spot, Path path) throws IOException {
    try {
      calls.changes().removeDirectory(spot);
    } catch (ErrnoException e) {
      throw e.errno() == Errno.ENOTEMPTY
          ? new DirectoryNotEmptyException(path.toString())
          : Failures.of(e, path);
    } catch (IOException e) {
      throw Failures.of(e, path);
    }
  }
}
