package dev.overlays.linux.syscall;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The oldest kernel that this library is tested on. What a newer kernel can do is probed, never
 * derived from its version.
 */
final class MinimumKernel {
  private static final Pattern NUMBERS = Pattern.compile("(\\d{1,5})\\.(\\d{1,5}).*");
  private static final int MAJOR = 5;
  private static final int MINOR = 10;

  private MinimumKernel() {}

  /** Returns a problem if the kernel is too old; empty if its release cannot be parsed. */
  static Optional<Problem> releaseProblem(String release) {
    Matcher numbers = NUMBERS.matcher(release);
    if (!numbers.matches()) {
      return Optional.empty();
    }
    int major = Integer.parseInt(numbers.group(1));
    int minor = Integer.parseInt(numbers.group(2));
    return major > MAJOR || (major == MAJOR && minor >= MINOR)
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.PLATFORM_UNSUPPORTED,
                "This is Linux " + release + ", and this library needs Linux 5.10 or later.",
                "Use a newer kernel, or another backend, such as the test kit's in-memory one."));
  }
}
