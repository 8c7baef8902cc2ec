package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** In which way an operation fails that {@link OperationFaults} make fail. */
public enum FaultKind {
  /** In a way of its own, which nobody takes for anything else. */
  INJECTED,
  /** As a disk that is broken: EIO. */
  INPUT_OUTPUT,
  /** As a disk that is full: ENOSPC. */
  NO_SPACE,
  /** As where a right is missing: EACCES. */
  NO_ACCESS;

  /**
   * Returns the exception for it; the texts are those of the native layer store.
   *
   * @param what what has failed, for {@link #INJECTED}
   * @param path of which entry, for the others
   * @return a new exception
   */
  public IOException exception(String what, String path) {
    return switch (this) {
      case INJECTED -> new InjectedFaultException(what);
      case INPUT_OUTPUT -> new FileSystemException(path, null, "input/output error");
      case NO_SPACE -> new FileSystemException(path, null, "no space left on device");
      case NO_ACCESS -> new AccessDeniedException(path, null, "permission denied");
    };
  }
}
