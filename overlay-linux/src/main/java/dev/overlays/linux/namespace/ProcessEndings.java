package dev.overlays.linux.namespace;

/** Waiting for processes that are about to end. */
final class ProcessEndings {
  private ProcessEndings() {}

  /** Waits until a process has ended, and keeps an interrupt for later; returns its status. */
  static int of(Process process) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
