package dev.overlays.testkit.layer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The handles that are open, each with the place where it was opened. */
final class OpenHandles {
  private final Map<Object, Throwable> open = new ConcurrentHashMap<>();

  /** Remembers a handle. Its class must not define equality. */
  void rememberHandle(Object handle, String what) {
    open.put(handle, new Throwable("opened here: " + what));
  }

  void forgetHandle(Object handle) {
    open.remove(handle);
  }

  int openCount() {
    return open.size();
  }

  void assertAllClosed() {
    if (!open.isEmpty()) {
      AssertionError error = new AssertionError("handles not closed: " + open.size());
      open.values().forEach(error::addSuppressed);
      throw error;
    }
  }
}
