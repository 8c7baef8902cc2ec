package dev.overlays.linux.mount;

import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;

/**
 * Runs code in a temporary mount namespace: nobody else sees what is mounted there, and it is gone
 * afterwards. A namespace belongs to a thread, so this starts one. Source: unshare(2),
 * mount_namespaces(7).
 */
final class TemporaryNamespace {
  private TemporaryNamespace() {}

  /** What is done there. */
  @FunctionalInterface
  interface NamespaceWork<T> {
    T run() throws IOException;
  }

  static <T> T run(NamespaceWork<T> work) throws IOException {
    ThreadOutcome<T> outcome = new ThreadOutcome<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                enterNamespace();
                outcome.result = work.run();
              } catch (IOException | RuntimeException | Error e) {
                outcome.failure = e;
              }
            },
            "overlays-namespace");
    thread.start();
    joinThread(thread);
    if (outcome.failure instanceof IOException failure) {
      throw failure;
    }
    if (outcome.failure instanceof RuntimeException failure) {
      throw failure;
    }
    if (outcome.failure instanceof Error failure) {
      throw failure;
    }
    return outcome.result;
  }

  /** Read after the thread has ended. */
  private static final class ThreadOutcome<T> {
    private T result;
    private Throwable failure;
  }

  private static void enterNamespace() throws SyscallException {
    MountCalls.enterOwnNamespace();
    MountAttributes.makeAllPrivate();
  }

  private static void joinThread(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
