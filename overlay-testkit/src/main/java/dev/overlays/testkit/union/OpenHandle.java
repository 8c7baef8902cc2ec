package dev.overlays.testkit.union;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Something that is open in a union file system, and would keep a mount busy.
 *
 * @param path under which path it was opened
 * @param kind what it is
 */
public record OpenHandle(Path path, HandleKind kind) {

  /** What can be open. */
  public enum HandleKind {
    /** A channel or stream that reads a file. */
    READER,
    /** A channel or stream that writes a file, and may read it. */
    WRITER,
    /** A directory stream, or a channel of a directory. */
    DIRECTORY
  }

  /** Returns the path, and what is open there. */
  @Override
  public String toString() {
    return path + " (" + kind.name().toLowerCase(Locale.ROOT) + ")";
  }
}
