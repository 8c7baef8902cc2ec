package dev.overlays.testkit.layer;

import java.io.IOException;

/** Which operations fail, and how. Immutable. */
record FaultPlan(
    long number, Fault fault, long crash, Operation kind, long ofKind, Fault kindFault) {
  private static final long NEVER = -1;

  FaultPlan() {
    this(NEVER, Fault.INJECTED, NEVER, Operation.READ, NEVER, Fault.INJECTED);
  }

  FaultPlan failing(long at, Fault how) {
    return new FaultPlan(at, how, crash, kind, ofKind, kindFault);
  }

  FaultPlan failing(Operation what, long at, Fault how) {
    return new FaultPlan(number, fault, crash, what, at, how);
  }

  FaultPlan crashing(long at) {
    return new FaultPlan(number, fault, at, kind, ofKind, kindFault);
  }

  /** Whether an operation of this kind is to fail. */
  boolean concerns(Operation operation) {
    return operation == kind && ofKind != NEVER;
  }

  boolean isCrash(long at) {
    return at == crash;
  }

  /** Fails if this change is the one that is to fail. */
  void check(long at, Operation operation, String path) throws IOException {
    if (at == crash || at == number) {
      String what = (at == crash ? "crashed" : "failed") + " at " + at + ": " + operation;
      throw (at == crash ? Fault.INJECTED : fault).exception(what + ' ' + path, path);
    }
  }

  /** Fails if this operation is the one of its kind that is to fail. */
  void check(Operation operation, long at, String path) throws IOException {
    if (operation == kind && at == ofKind) {
      throw kindFault.exception("failed at " + operation + " " + at + ": " + path, path);
    }
  }
}
