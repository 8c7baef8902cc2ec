package dev.overlays.testkit.union;

import java.nio.file.Path;
import java.util.Locale;

/**
 * An open channel or stream of a union file system. On a mount it would keep the mount busy.
 *
 * @param path the path by which it was opened
 * @param kind the kind of handle
 */
public record OpenHandle(Path path, HandleKind kind) {

  /** The kinds of handles. */
  public enum HandleKind {
    /** A channel or stream that reads a file. */
    READER,
    /** A channel or stream that writes a file, and may read it. */
    WRITER,
    /** A directory stream or a channel of a directory. */
    DIRECTORY
  }

  /** Returns the path and the kind. */
  @Override
  public String toString() {
    return path + " (" + kind.name().toLowerCase(Locale.ROOT) + ")";
  }
}
