package dev.overlays.linux.fuse;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether an ordinary user can change what fuse-overlayfs shows of a lower. */
public final class OwnerCheck {
  private OwnerCheck() {}

  /**
   * Looks for a lower that belongs to somebody else, by its root alone.
   *
   * @param lowers the lowers
   * @return what is wrong with the first such; empty for root
   */
  public static Optional<Problem> problemOf(List<Path> lowers) {
    long user = ThreadPrivilege.effectiveUser();
    return user == 0
        ? Optional.empty()
        : lowers.stream().filter(lower -> isOfAnother(lower, user)).findFirst().map(OwnerCheck::of);
  }

  private static boolean isOfAnother(Path lower, long user) {
    try {
      return ((Number) Files.getAttribute(lower, "unix:uid")).longValue() != user;
    } catch (IOException e) {
      // That it cannot be looked at is told by the check of the layers.
      return false;
    }
  }

  private static Problem of(Path lower) {
    return Problem.of(
        ProblemCode.LAYER_NOT_ACCESSIBLE,
        lower,
        "The lower belongs to somebody else, and fuse-overlayfs lets an ordinary user change only"
            + " what is theirs.",
        "Use another backend, copy the lower, or name this backend to read only.");
  }
}
