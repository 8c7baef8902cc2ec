package dev.overlays.linux.syscall;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.Optional;

/** Whether system calls can be made here at all. */
public final class NativeAccess {
  private NativeAccess() {}

  /**
   * Tells people why not.
   *
   * @return what is in the way; empty if calls can be made
   */
  public static Optional<Problem> accessProblem() {
    return unavailableProblem()
        .or(() -> KernelRelease.releaseProblem(System.getProperty("os.version", "")));
  }

  /**
   * Makes sure that calls can be made.
   *
   * @throws OverlayException with what is in the way if not
   */
  public static void requireAccess() throws OverlayException {
    if (Kernel.unavailable().isPresent()) {
      throw new OverlayException(NativeFailure.problemOf(Kernel.unavailable().get()));
    }
  }

  private static Optional<Problem> unavailableProblem() {
    return Kernel.unavailable().map(NativeFailure::problemOf).or(NativeAccess::withoutStatx);
  }

  /** Everything begins with this call, and there is no other that tells as much. */
  private static Optional<Problem> withoutStatx() {
    return RefusedCall.of(Syscall.STATX)
        .map(
            refused ->
                Problem.of(
                    ProblemCode.PLATFORM_UNSUPPORTED,
                    "No file can be looked at: " + refused.refusalWords() + ".",
                    refused.remedyText()));
  }
}
