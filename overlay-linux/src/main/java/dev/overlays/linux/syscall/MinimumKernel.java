package dev.overlays.linux.syscall;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.Optional;

/**
 * The oldest kernel that this library is tested on. What a newer kernel can do is probed, never
 * derived from its version.
 */
final class MinimumKernel {
  private static final int MOST_DIGITS = 5;
  private static final int RADIX = 10;
  private static final int MAJOR = 5;
  private static final int MINOR = 10;

  private MinimumKernel() {}

  /** Returns a problem if the kernel is too old; empty if its release cannot be parsed. */
  static Optional<Problem> releaseProblem(String release) {
    int dot = release.indexOf('.');
    if (dot <= 0 || digitsAt(release, 0) != dot || digitsAt(release, dot + 1) == 0) {
      return Optional.empty();
    }
    int major = Integer.parseInt(release, 0, dot, RADIX);
    int minor = Integer.parseInt(release, dot + 1, dot + 1 + digitsAt(release, dot + 1), RADIX);
    return major > MAJOR || (major == MAJOR && minor >= MINOR)
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.PLATFORM_UNSUPPORTED,
                "This is Linux " + release + ", and this library needs Linux 5.10 or later.",
                "Use a newer kernel, or another backend, such as the test kit's in-memory one."));
  }

  private static int digitsAt(String text, int start) {
    int digits = 0;
    while (digits < MOST_DIGITS
        && start + digits < text.length()
        && text.charAt(start + digits) >= '0'
        && text.charAt(start + digits) <= '9') {
      digits++;
    }
    return digits;
  }
}
