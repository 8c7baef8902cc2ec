package dev.overlays.testkit.backend;

import java.util.function.Supplier;

/** Promises of one subject; each test has a sandbox of its own. */
abstract class ContractPromises {
  private final Supplier<ContractSandbox> sandboxes;

  ContractPromises(Supplier<ContractSandbox> sandboxes) {
    this.sandboxes = sandboxes;
  }

  /** The sandbox of this test; the test is skipped where the backend cannot be used. */
  final ContractSandbox sandbox() {
    return sandboxes.get();
  }
}
