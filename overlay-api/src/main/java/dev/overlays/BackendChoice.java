package dev.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The backend that serves a spec, and why those before it do not.
 *
 * @param backend the first that is available and does not decline
 * @param refusals the reasons of those before it
 */
record BackendChoice(Optional<OverlayBackend> backend, List<BackendRefusal> refusals) {

  /** The choice for a caller who has not named a backend. */
  static BackendChoice among(List<OverlayBackend> backends, OverlaySpec spec) {
    return first(backends, spec, backend -> backend.declinesUnnamed(spec));
  }

  /** The choice for a caller who has named one. */
  static BackendChoice of(OverlayBackend named, OverlaySpec spec) {
    return first(List.of(named), spec, backend -> backend.declines(spec));
  }

  private static BackendChoice first(
      List<OverlayBackend> backends,
      OverlaySpec spec,
      Function<OverlayBackend, Optional<Problem>> declines) {
    List<BackendRefusal> refusals = new ArrayList<>();
    for (OverlayBackend backend : backends) {
      Optional<BackendRefusal> refusal =
          unavailable(backend)
              .map(problem -> new BackendRefusal(backend, problem, kind(problem)))
              .or(
                  () ->
                      guarded(backend, () -> declines.apply(backend))
                          .map(
                              problem ->
                                  new BackendRefusal(
                                      backend, problem, kind(backend, problem, spec))));
      if (refusal.isEmpty()) {
        return new BackendChoice(Optional.of(backend), refusals);
      }
      refusals.add(refusal.get());
    }
    return new BackendChoice(Optional.empty(), refusals);
  }

  private static BackendRefusal.Kind kind(Problem unavailable) {
    return unavailable.code() == ProblemCode.PRIVILEGE_MISSING
        ? BackendRefusal.Kind.RIGHTS
        : BackendRefusal.Kind.MACHINE;
  }

  private static BackendRefusal.Kind kind(
      OverlayBackend backend, Problem declined, OverlaySpec spec) {
    if (declined.code() == ProblemCode.BACKEND_BROKEN) {
      return BackendRefusal.Kind.MACHINE;
    }
    return guarded(backend, () -> backend.declines(spec)).isPresent()
        ? BackendRefusal.Kind.SPEC
        : BackendRefusal.Kind.UNNAMED;
  }

  /** Tells why a backend cannot be used here at all. */
  static Optional<Problem> unavailable(OverlayBackend backend) {
    return guarded(backend, backend::unavailable);
  }

  /** A backend that fails when asked is broken, and must not keep the others from being asked. */
  private static Optional<Problem> guarded(
      OverlayBackend backend, Supplier<Optional<Problem>> question) {
    try {
      return question.get();
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(
          Problem.of(
              ProblemCode.BACKEND_BROKEN,
              "The backend "
                  + backend.name()
                  + " failed when asked whether it can mount: "
                  + e
                  + ".",
              "Report it to the backend's author, or take its jar away."));
    }
  }
}
