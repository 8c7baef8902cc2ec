package dev.overlays.testkit.backend;

import java.util.function.Supplier;

/** The promises about one subject. Each test has its own sandbox. */
abstract class Promises {
  private final Supplier<Sandbox> sandboxes;

  Promises(Supplier<Sandbox> sandboxes) {
    this.sandboxes = sandboxes;
  }

  /** Returns the sandbox of this test; skips the test if the backend is not usable. */
  final Sandbox sandbox() {
    return sandboxes.get();
  }
}
