package dev.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The backend that mounts a spec, and why the backends before it do not.
 *
 * @param backend the first that is available and does not decline
 * @param refusals why each backend before it does not mount the spec
 */
record ChosenBackend(Optional<OverlayBackend> backend, List<BackendRefusal> refusals) {

  /** Chooses for a caller who names no backend. */
  static ChosenBackend among(List<OverlayBackend> backends, OverlaySpec spec) {
    return chooseFirst(backends, spec, backend -> backend.declinesByDefault(spec));
  }

  /** Chooses for a caller who names a backend. */
  static ChosenBackend of(OverlayBackend named, OverlaySpec spec) {
    return chooseFirst(List.of(named), spec, backend -> backend.whyDeclined(spec));
  }

  private static ChosenBackend chooseFirst(
      List<OverlayBackend> backends,
      OverlaySpec spec,
      Function<OverlayBackend, Optional<Problem>> declines) {
    List<BackendRefusal> refusals = new ArrayList<>();
    for (OverlayBackend backend : backends) {
      Optional<BackendRefusal> refusal =
          reasonUnavailable(backend)
              .map(problem -> new BackendRefusal(backend, problem, kindOfUnavailable(problem)))
              .or(
                  () ->
                      askGuarded(backend, () -> declines.apply(backend))
                          .map(
                              problem ->
                                  new BackendRefusal(
                                      backend, problem, kindOfDeclined(backend, problem, spec))));
      if (refusal.isEmpty()) {
        return new ChosenBackend(Optional.of(backend), refusals);
      }
      refusals.add(refusal.get());
    }
    return new ChosenBackend(Optional.empty(), refusals);
  }

  private static BackendRefusal.RemedyKind kindOfUnavailable(Problem unavailable) {
    return unavailable.code() == ProblemCode.PRIVILEGE_MISSING
        ? BackendRefusal.RemedyKind.RIGHTS_LACK
        : BackendRefusal.RemedyKind.MACHINE_LACKS;
  }

  private static BackendRefusal.RemedyKind kindOfDeclined(
      OverlayBackend backend, Problem declined, OverlaySpec spec) {
    if (declined.code() == ProblemCode.BACKEND_BROKEN) {
      return BackendRefusal.RemedyKind.MACHINE_LACKS;
    }
    return askGuarded(backend, () -> backend.whyDeclined(spec)).isPresent()
        ? BackendRefusal.RemedyKind.OTHER_SPEC
        : BackendRefusal.RemedyKind.ONLY_WHEN_NAMED;
  }

  /** Returns why a backend cannot be used on this machine; empty if it can. */
  static Optional<Problem> reasonUnavailable(OverlayBackend backend) {
    return askGuarded(backend, backend::whyUnavailable);
  }

  /** Asks a backend. If the question throws, the backend is broken; the others are still asked. */
  private static Optional<Problem> askGuarded(
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
              "Report it to the backend's author, or remove its jar."));
    }
  }
}
