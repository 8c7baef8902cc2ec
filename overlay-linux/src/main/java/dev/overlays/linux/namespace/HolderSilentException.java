package dev.overlays.linux.namespace;

import java.io.IOException;

/** Thrown when the shell of a namespace lives but does not answer in time. */
final class HolderSilentException extends IOException {
  private static final long serialVersionUID = 1L;

  HolderSilentException() {
    super("it does not answer");
  }
}
