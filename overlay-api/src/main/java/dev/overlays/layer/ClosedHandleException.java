package dev.overlays.layer;

import java.nio.file.FileSystemException;

/**
 * Thrown when a closed handle of a layer is used: a directory, its cursor, or a stream of a file in
 * it. The call has done nothing.
 */
public final class ClosedHandleException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param path the readable path of the entry that the call was about
   */
  public ClosedHandleException(String path) {
    super(path, null, "the handle is closed");
  }
}
