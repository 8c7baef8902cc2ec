package dev.overlays.linux.mount;

import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;

/**
 * Does something in a mount namespace of its own: what is mounted there nobody else sees, and it is
 * gone afterwards. Namespaces are a thread's, so this takes a thread that ends with it. Source:
 * unshare(2), mount_namespaces(7).
 */
final class OwnNamespace {
  private static final int CLONE_NEWNS = 0x20000;

  private OwnNamespace() {}

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
    Kernel.call(Syscall.UNSHARE, CLONE_NEWNS);
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
