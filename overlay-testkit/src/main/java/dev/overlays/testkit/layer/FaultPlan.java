package dev.overlays.testkit.layer;

import java.io.IOException;

/** Which operations are to fail, and in which way. Immutable. */
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

  /** Whether it may be one of this kind that fails. */
  boolean concerns(FileOperation operation) {
    return operation == kind && ofKind != NEVER;
  }

  boolean isCrash(long at) {
    return at == crash;
  }

  /** Of all operations that change something this is the one of that number. */
  void check(long at, FileOperation operation, String path) throws IOException {
    if (at == crash || at == number) {
      String what = (at == crash ? "crashed" : "failed") + " at " + at + ": " + operation;
      throw (at == crash ? FaultKind.INJECTED : fault).exception(what + ' ' + path, path);
    }
  }

  /** Of all operations of its kind this is the one of that number. */
  void check(FileOperation operation, long at, String path) throws IOException {
    if (operation == kind && at == ofKind) {
      throw kindFault.exception("failed at " + operation + " " + at + ": " + path, path);
    }
  }
}
