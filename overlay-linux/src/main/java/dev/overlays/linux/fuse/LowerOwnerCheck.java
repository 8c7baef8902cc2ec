package dev.overlays.linux.fuse;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Checks whether an ordinary user can change the files of a lower that fuse-overlayfs shows. */
public final class LowerOwnerCheck {
  private LowerOwnerCheck() {}

  /**
   * Finds a lower whose root belongs to another user.
   *
   * @param lowers the lowers
   * @return a problem for the first such lower; empty for root
   */
  public static Optional<Problem> foreignLowerProblem(List<Path> lowers) {
    long user = ThreadPrivilege.effectiveUser();
    return user == 0
        ? Optional.empty()
        : lowers.stream()
            .filter(lower -> belongsToAnother(lower, user))
            .findFirst()
            .map(LowerOwnerCheck::foreignOwnerProblem);
  }

  private static boolean belongsToAnother(Path lower, long user) {
    try {
      return ((Number) Files.getAttribute(lower, "unix:uid")).longValue() != user;
    } catch (IOException e) {
      // The check of the layers reports what cannot be read.
      return false;
    }
  }

  private static Problem foreignOwnerProblem(Path lower) {
    return Problem.of(
        ProblemCode.LAYER_NOT_ACCESSIBLE,
        lower,
        "The lower belongs to somebody else, and fuse-overlayfs lets an ordinary user change only"
            + " what is theirs.",
        "Use another backend, copy the lower, or name this backend if you only read.");
  }
}
