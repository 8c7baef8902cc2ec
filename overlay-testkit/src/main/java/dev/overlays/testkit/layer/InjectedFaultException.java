package dev.overlays.testkit.layer;

import java.io.IOException;

/** Thrown where {@link OperationFaults} were asked for a failure. */
public final class InjectedFaultException extends IOException {
  private static final long serialVersionUID = 1L;

  InjectedFaultException(String message) {
    super(message);
  }
}
