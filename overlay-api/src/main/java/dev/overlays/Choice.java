package dev.overlays;

import dev.overlays.spi.OverlayBackend;
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
record Choice(Optional<OverlayBackend> backend, List<Problem> refusals) {

  /** The choice for a caller who has not named a backend. */
  static Choice among(List<OverlayBackend> backends, OverlaySpec spec) {
    return among(backends, spec, backend -> guarded(backend, () -> backend.declinesUnnamed(spec)));
  }

  /** The choice for a caller who has named one. */
  static Choice of(OverlayBackend named, OverlaySpec spec) {
    return among(List.of(named), spec, backend -> guarded(backend, () -> backend.declines(spec)));
  }

  private static Choice among(
      List<OverlayBackend> backends,
      OverlaySpec spec,
      Function<OverlayBackend, Optional<Problem>> declines) {
    List<Problem> refusals = new ArrayList<>();
    for (OverlayBackend backend : backends) {
      Optional<Problem> refusal = unavailable(backend).or(() -> declines.apply(backend));
      if (refusal.isEmpty()) {
        return new Choice(Optional.of(backend), refusals);
      }
      refusals.add(refusal.get());
    }
    return new Choice(Optional.empty(), refusals);
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
