package dev.overlays;

import dev.overlays.spi.OverlayBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The backend that serves a spec, and why those before it do not.
 *
 * @param backend the first that is available and does not decline
 * @param refusals the reasons of those before it
 */
record Choice(Optional<OverlayBackend> backend, List<Problem> refusals) {

  static Choice among(List<OverlayBackend> backends, OverlaySpec spec) {
    List<Problem> refusals = new ArrayList<>();
    for (OverlayBackend backend : backends) {
      Optional<Problem> refusal = unavailable(backend);
      if (refusal.isEmpty()) {
        refusal = backend.declines(spec);
      }
      if (refusal.isEmpty()) {
        return new Choice(Optional.of(backend), refusals);
      }
      refusals.add(refusal.get());
    }
    return new Choice(Optional.empty(), refusals);
  }

  /** A backend that fails when asked is broken, and must not keep the others from being asked. */
  static Optional<Problem> unavailable(OverlayBackend backend) {
    try {
      return backend.unavailable();
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(
          Problem.of(
              ProblemCode.BACKEND_BROKEN,
              "The backend "
                  + backend.name()
                  + " failed when asked whether it is available: "
                  + e
                  + ".",
              "Report it to the backend's author, or take its jar away."));
    }
  }
}
