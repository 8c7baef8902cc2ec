package dev.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The backend that mounts a spec, and why the backends before it do not.
 *
 * @param backend the first that is available and does not decline
 * @param refusals why each backend before it does not mount the spec
 */
record ChosenBackend(Optional<OverlayBackend> backend, List<BackendRefusal> refusals) {

  /** Chooses for a caller who names no backend. */
  static ChosenBackend among(List<OverlayBackend> backends, OverlaySpec spec) {
    return chooseFirst(backends, spec, false);
  }

  /** Chooses for a caller who names a backend. */
  static ChosenBackend of(OverlayBackend named, OverlaySpec spec) {
    return chooseFirst(List.of(named), spec, true);
  }

  private static ChosenBackend chooseFirst(
      List<OverlayBackend> backends, OverlaySpec spec, boolean named) {
    List<BackendRefusal> refusals = new ArrayList<>();
    for (OverlayBackend backend : backends) {
      Optional<BackendRefusal> refusal = refusalOf(backend, spec, named);
      if (refusal.isEmpty()) {
        return new ChosenBackend(Optional.of(backend), refusals);
      }
      refusals.add(refusal.get());
    }
    return new ChosenBackend(Optional.empty(), refusals);
  }

  private static Optional<BackendRefusal> refusalOf(
      OverlayBackend backend, OverlaySpec spec, boolean named) {
    Optional<Problem> unavailable = reasonUnavailable(backend);
    if (unavailable.isPresent()) {
      Problem problem = unavailable.get();
      return Optional.of(new BackendRefusal(backend, problem, kindOfUnavailable(problem)));
    }
    Optional<Problem> declined = reasonDeclined(backend, spec, named);
    if (declined.isPresent()) {
      Problem problem = declined.get();
      return Optional.of(
          new BackendRefusal(backend, problem, kindOfDeclined(backend, problem, spec)));
    }
    return Optional.empty();
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
    return reasonDeclined(backend, spec, true).isPresent()
        ? BackendRefusal.RemedyKind.OTHER_SPEC
        : BackendRefusal.RemedyKind.ONLY_WHEN_NAMED;
  }

  /** Returns why a backend cannot be used on this machine; empty if it can. */
  static Optional<Problem> reasonUnavailable(OverlayBackend backend) {
    try {
      return backend.whyUnavailable();
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(brokenBackend(backend, e));
    }
  }

  /** Returns why a backend does not mount a spec for a caller who has named it, or has not. */
  private static Optional<Problem> reasonDeclined(
      OverlayBackend backend, OverlaySpec spec, boolean named) {
    try {
      return named ? backend.whyDeclined(spec) : backend.declinesByDefault(spec);
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(brokenBackend(backend, e));
    }
  }

  /** If a question to a backend throws, the backend is broken; the others are still asked. */
  private static Problem brokenBackend(OverlayBackend backend, Throwable thrown) {
    return Problem.of(
        ProblemCode.BACKEND_BROKEN,
        "The backend "
            + backend.name()
            + " failed when asked whether it can mount: "
            + thrown
            + ".",
        "Report it to the backend's author, or remove its jar.");
  }
}
