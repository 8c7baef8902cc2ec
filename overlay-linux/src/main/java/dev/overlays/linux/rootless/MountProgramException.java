package dev.overlays.linux.rootless;

import java.io.IOException;

/** Thrown when mount(8) fails; the message is the output of mount(8). */
final class MountProgramException extends IOException {
  private static final long serialVersionUID = 1L;

  MountProgramException(String words) {
    super(words);
  }
}
