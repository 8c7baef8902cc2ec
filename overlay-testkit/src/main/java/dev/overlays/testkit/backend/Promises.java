package dev.overlays.testkit.backend;

import java.util.function.Supplier;

/** Promises of one subject; each test has a sandbox of its own. */
abstract class Promises {
  private final Supplier<Sandbox> sandboxes;

  Promises(Supplier<Sandbox> sandboxes) {
    this.sandboxes = sandboxes;
  }

  /** The sandbox of this test; the test is skipped where the backend cannot be used. */
  final Sandbox sandbox() {
    return sandboxes.get();
  }
}
