package dev.overlays.linux.process;

/** Waiting for processes that are about to end. */
public final class ProcessEndings {
  private ProcessEndings() {}

  /**
   * Waits until a process has ended. An interrupt waits, too, and the thread stays interrupted.
   *
   * @param process a process that ends by itself
   * @return its exit status
   */
  public static int of(Process process) {
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
