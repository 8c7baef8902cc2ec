package dev.overlays.layer;

import java.nio.file.FileSystemException;

/**
 * Thrown when a handle of a layer is used that has been closed: a directory, its cursor, or a
 * stream of a file in it. Nothing has been done then.
 */
public final class ClosedHandleException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param path the path for people of what was to be used
   */
  public ClosedHandleException(String path) {
    super(path, null, "the handle is closed");
  }
}
