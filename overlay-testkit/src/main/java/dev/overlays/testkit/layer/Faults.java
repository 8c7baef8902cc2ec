package dev.overlays.testkit.layer;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the operations that change something, tells the hook of each, and fails on demand. One
 * operation is made at a time, with its hook, so that a hook sees no other one half way.
 */
final class Faults {
  private static final FaultyLayerStore.Hook NONE = new FaultyLayerStore.Hook() {};

  private final AtomicLong count = new AtomicLong();
  private volatile FaultyLayerStore.Hook hook = NONE;
  private volatile long failing = -1;
  private volatile Fault fault = Fault.INJECTED;
  private volatile long crashing = -1;
  private volatile boolean crashed;

  @FunctionalInterface
  interface Change<T> {
    T make() throws IOException;
  }

  @FunctionalInterface
  interface Step {
    void make() throws IOException;
  }

  void hook(FaultyLayerStore.Hook newHook) {
    hook = newHook;
  }

  void failAt(long number, Fault how) {
    fault = how;
    failing = number;
  }

  void crashAt(long number) {
    crashing = number;
  }

  long count() {
    return count.get();
  }

  boolean crashed() {
    return crashed;
  }

  /** Called by whatever changes nothing: after a crash that fails, too. */
  void alive() throws InjectedFaultException {
    if (crashed) {
      throw new InjectedFaultException("crashed before");
    }
  }

  synchronized <T> T change(Operation operation, String path, Change<T> change) throws IOException {
    alive();
    long number = count.incrementAndGet();
    if (number == crashing) {
      crashed = true;
    }
    if (number == crashing || number == failing) {
      String what = (crashed ? "crashed" : "failed") + " at " + number + ": " + operation;
      throw (crashed ? Fault.INJECTED : fault).exception(what + ' ' + path, path);
    }
    hook.before(operation, path);
    T made = change.make();
    try {
      hook.after(operation, path);
    } catch (IOException | RuntimeException | Error e) {
      // The caller never gets what was opened, so it cannot close it.
      if (made instanceof AutoCloseable opened) {
        close(opened, e);
      }
      throw e;
    }
    return made;
  }

  private static void close(AutoCloseable opened, Throwable failure) {
    try {
      opened.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  void step(Operation operation, String path, Step step) throws IOException {
    change(
        operation,
        path,
        () -> {
          step.make();
          return operation;
        });
  }
}
