package dev.overlays.testkit.junit;

import dev.overlays.InvalidSpecException;
import dev.overlays.OverlayBackend;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.List;
import java.util.Optional;

/**
 * The options to request from a backend: those that the tests want, but without {@code volatile} if
 * the backend does not support it, and with {@code userxattr} if the backend requires it.
 *
 * @param spec the spec to mount
 * @param refusal why the backend declines the spec, or the option that it does not support
 */
record OptionFit(OverlaySpec spec, Optional<String> refusal) {

  static OptionFit of(OverlayBackend backend, OverlaySpec wanted) {
    OverlaySpec spec = wanted;
    while (true) {
      Optional<Problem> declined = backend.declinesByDefault(spec);
      List<Problem> problems = declined.isPresent() ? List.of(declined.get()) : backend.check(spec);
      Optional<OverlayOptions> possible = possibleOptions(spec.options(), problems);
      if (possible.isEmpty()) {
        return new OptionFit(
            spec, declined.or(() -> firstUnsupported(problems)).map(Problem::toString));
      }
      try {
        spec = spec.toBuilder().options(defaults -> possible.get()).build();
      } catch (InvalidSpecException e) {
        String excluded = problems.get(0).message() + " But " + e.problems().get(0);
        return new OptionFit(
            spec,
            firstUnsupported(problems).map(Problem::toString).or(() -> Optional.of(excluded)));
      }
    }
  }

  /** Returns the options to try after a refusal; empty if there are no others. */
  static Optional<OverlayOptions> possibleOptions(OverlayOptions refused, List<Problem> problems) {
    boolean unknown =
        hasCode(problems, ProblemCode.OPTION_UNSUPPORTED)
            || hasCode(problems, ProblemCode.OPTION_NOT_IN_FORCE);
    OverlayOptions possible =
        refused
            .withVolatileUpper(refused.volatileUpper() && !unknown)
            .withUserXattr(
                refused.userXattr() || hasCode(problems, ProblemCode.USERXATTR_REQUIRED));
    return Optional.of(possible).filter(changed -> !changed.equals(refused));
  }

  private static boolean hasCode(List<Problem> problems, ProblemCode code) {
    return problems.stream().anyMatch(problem -> problem.code() == code);
  }

  private static Optional<Problem> firstUnsupported(List<Problem> problems) {
    return problems.stream()
        .filter(problem -> problem.code() == ProblemCode.OPTION_UNSUPPORTED)
        .findFirst();
  }
}
