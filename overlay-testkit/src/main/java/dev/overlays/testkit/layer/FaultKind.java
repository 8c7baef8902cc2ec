package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** How an operation fails that {@link OperationFaults} makes fail. */
public enum FaultKind {
  /** An {@link InjectedFaultException}, which cannot be mistaken for a real error. */
  INJECTED,
  /** The error of a broken disk: EIO. */
  INPUT_OUTPUT,
  /** The error of a full disk: ENOSPC. */
  NO_SPACE,
  /** The error of a missing permission: EACCES. */
  NO_ACCESS;

  /**
   * Creates the exception. Its text is that of the native layer store.
   *
   * @param what what has failed, for {@link #INJECTED}
   * @param path the path of the entry, for the other faults
   * @return a new exception
   */
  public IOException newException(String what, String path) {
    return switch (this) {
      case INJECTED -> new InjectedFaultException(what);
      case INPUT_OUTPUT -> new FileSystemException(path, null, "input/output error");
      case NO_SPACE -> new FileSystemException(path, null, "no space left on device");
      case NO_ACCESS -> new AccessDeniedException(path, null, "permission denied");
    };
  }
}
