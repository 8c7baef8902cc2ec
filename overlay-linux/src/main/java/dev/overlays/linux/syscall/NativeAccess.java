package dev.overlays.linux.syscall;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.Optional;

/** Checks that this JVM can make system calls. */
public final class NativeAccess {
  private NativeAccess() {}

  /**
   * Returns why this JVM cannot make the calls that this library needs.
   *
   * @return the problem; empty if calls can be made
   */
  public static Optional<Problem> accessProblem() {
    Optional<Problem> unavailable = unavailableProblem();
    return unavailable.isPresent()
        ? unavailable
        : MinimumKernel.releaseProblem(System.getProperty("os.version", ""));
  }

  /**
   * Requires that calls can be made.
   *
   * @throws OverlayException with the problem if they cannot
   */
  public static void requireAccess() throws OverlayException {
    Optional<Problem> problem = Kernel.linkingProblem();
    if (problem.isPresent()) {
      throw new OverlayException(problem.get());
    }
  }

  private static Optional<Problem> unavailableProblem() {
    Optional<Problem> unlinked = Kernel.linkingProblem();
    return unlinked.isPresent() ? unlinked : withoutStatx();
  }

  /** The library cannot work without this call: no other returns as much. */
  private static Optional<Problem> withoutStatx() {
    Optional<RefusedCall> refused = RefusedCall.of(Syscall.STATX);
    return refused.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.PLATFORM_UNSUPPORTED,
                "No file can be identified: " + refused.get().refusalWords() + ".",
                refused.get().remedyText()));
  }
}
