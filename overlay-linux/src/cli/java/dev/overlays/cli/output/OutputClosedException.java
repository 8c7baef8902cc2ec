package dev.overlays.cli.output;

import java.io.IOException;

/** Thrown when standard output cannot be written: usually its reader has gone, as head(1) does. */
public final class OutputClosedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception. */
  public OutputClosedException() {
    super("standard output cannot be written");
  }
}
