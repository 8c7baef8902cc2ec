package dev.overlays.testkit.backend;

import java.util.function.Supplier;

/** The promises about one subject. Each test has its own sandbox. */
abstract class ContractPromises {
  private final Supplier<ContractSandbox> sandboxes;

  ContractPromises(Supplier<ContractSandbox> sandboxes) {
    this.sandboxes = sandboxes;
  }

  /** Returns the sandbox of this test; skips the test if the backend is not usable. */
  final ContractSandbox sandbox() {
    return sandboxes.get();
  }
}
