package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;

/** Removes entries, with the exceptions that the JDK has for it. */
final class EntryDeletion {
  private final ViewCalls calls;

  EntryDeletion(ViewCalls calls) {
    this.calls = calls;
  }

  /** Removes whatever is there, a link itself. */
  void any(StartingPath spot, Path path) throws IOException {
    AttributeTarget target = new AttributeTarget(calls, spot, false, path);
    if (target.stat().isDirectory()) {
      directory(spot, path);
    } else {
      file(spot, path);
    }
  }

  void file(StartingPath spot, Path path) throws IOException {
    try {
      calls.changes().remove(spot);
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }

  void directory(StartingPath spot, Path path) throws IOException {
    try {
      calls.changes().removeDirectory(spot);
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ENOTEMPTY
          ? new DirectoryNotEmptyException(path.toString())
          : JdkExceptions.of(e, path);
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }
}
