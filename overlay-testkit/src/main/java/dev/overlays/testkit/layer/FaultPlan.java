package dev.overlays.testkit.layer;

import java.io.IOException;

/** Which operations fail, and how. Immutable. */
record FaultPlan(
    long changeNumber,
    FaultKind changeFault,
    long crashNumber,
    FileOperation plannedOperation,
    long operationNumber,
    FaultKind operationFault) {
  private static final long NEVER = -1;

  FaultPlan() {
    this(NEVER, FaultKind.INJECTED, NEVER, FileOperation.READ, NEVER, FaultKind.INJECTED);
  }

  FaultPlan withFailure(long at, FaultKind how) {
    return new FaultPlan(at, how, crashNumber, plannedOperation, operationNumber, operationFault);
  }

  FaultPlan withFailure(FileOperation what, long at, FaultKind how) {
    return new FaultPlan(changeNumber, changeFault, crashNumber, what, at, how);
  }

  FaultPlan withCrash(long at) {
    return new FaultPlan(
        changeNumber, changeFault, at, plannedOperation, operationNumber, operationFault);
  }

  /** Whether an operation of this kind is to fail. */
  boolean plansFailureOf(FileOperation operation) {
    return operation == plannedOperation && operationNumber != NEVER;
  }

  boolean isCrash(long at) {
    return at == crashNumber;
  }

  /** Fails if this change is the one that is to fail. */
  void failIfPlanned(long at, FileOperation operation, String path) throws IOException {
    if (at == crashNumber || at == changeNumber) {
      String what = (at == crashNumber ? "crashed" : "failed") + " at " + at + ": " + operation;
      throw (at == crashNumber ? FaultKind.INJECTED : changeFault)
          .newException(what + ' ' + path, path);
    }
  }

  /** Fails if this operation is the one of its kind that is to fail. */
  void failIfPlanned(FileOperation operation, long at, String path) throws IOException {
    if (operation == plannedOperation && at == operationNumber) {
      throw operationFault.newException("failed at " + operation + " " + at + ": " + path, path);
    }
  }
}
