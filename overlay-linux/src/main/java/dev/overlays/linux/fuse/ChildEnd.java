package dev.overlays.linux.fuse;

/** Waits for a child that is about to end. */
final class ChildEnd {
  private ChildEnd() {}

  /** Its exit code. An interrupt waits, too, and the thread stays interrupted. */
  static int of(Process process) {
    boolean interrupted = false;
    while (true) {
      try {
        int code = process.waitFor();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return code;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
