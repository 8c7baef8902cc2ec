package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A failure whose words do not tell the reason. Mounts are attempted without most checks, which may
 * find the reason afterwards, when nothing is locked any more.
 */
public final class VagueFailure {
  private VagueFailure() {}

  /**
   * Returns what to throw for a failed mount.
   *
   * @param failure what was thrown
   * @param vague the codes that say too little
   * @param checks lists what makes the mount fail
   * @return an exception with what the checks list; the failure itself if it is not vague, or they
   *     list nothing. The failure is its cause, except for a lock, which the checks replace
   */
  public static OverlayException explained(
      OverlayException failure, Set<ProblemCode> vague, Supplier<List<Problem>> checks) {
    if (failure.problems().stream().noneMatch(problem -> vague.contains(problem.code()))) {
      return failure;
    }
    List<Problem> reasons = checks.get();
    if (reasons.isEmpty()) {
      return failure;
    }
    return new OverlayException(reasons, failure.has(ProblemCode.LAYER_LOCKED) ? null : failure);
  }
}
