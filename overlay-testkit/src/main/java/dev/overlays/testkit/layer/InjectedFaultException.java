package dev.overlays.testkit.layer;

import java.io.IOException;

/** Thrown by an operation that {@link OperationFaults} makes fail. */
public final class InjectedFaultException extends IOException {
  private static final long serialVersionUID = 1L;

  InjectedFaultException(String message) {
    super(message);
  }
}
