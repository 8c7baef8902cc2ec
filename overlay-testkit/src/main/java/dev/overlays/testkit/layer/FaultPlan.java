package dev.overlays.testkit.layer;

import java.io.IOException;

/** Which operations fail, and how. Immutable. */
record FaultPlan(
    long number,
    FaultKind fault,
    long crash,
    FileOperation kind,
    long ofKind,
    FaultKind kindFault) {
  private static final long NEVER = -1;

  FaultPlan() {
    this(NEVER, FaultKind.INJECTED, NEVER, FileOperation.READ, NEVER, FaultKind.INJECTED);
  }

  FaultPlan failing(long at, FaultKind how) {
    return new FaultPlan(at, how, crash, kind, ofKind, kindFault);
  }

  FaultPlan failing(FileOperation what, long at, FaultKind how) {
    return new FaultPlan(number, fault, crash, what, at, how);
  }

  FaultPlan crashing(long at) {
    return new FaultPlan(number, fault, at, kind, ofKind, kindFault);
  }

  /** Whether an operation of this kind is to fail. */
  boolean concerns(FileOperation operation) {
    return operation == kind && ofKind != NEVER;
  }

  boolean isCrash(long at) {
    return at == crash;
  }

  /** Fails if this change is the one that is to fail. */
  void check(long at, FileOperation operation, String path) throws IOException {
    if (at == crash || at == number) {
      String what = (at == crash ? "crashed" : "failed") + " at " + at + ": " + operation;
      throw (at == crash ? FaultKind.INJECTED : fault).exception(what + ' ' + path, path);
    }
  }

  /** Fails if this operation is the one of its kind that is to fail. */
  void check(FileOperation operation, long at, String path) throws IOException {
    if (operation == kind && at == ofKind) {
      throw kindFault.exception("failed at " + operation + " " + at + ": " + path, path);
    }
  }
}
