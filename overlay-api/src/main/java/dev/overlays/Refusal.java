package dev.overlays;

import dev.overlays.spi.OverlayBackend;

/**
 * Why a backend does not serve a spec.
 *
 * @param backend the backend
 * @param problem what it says
 * @param kind how near at hand the remedy is
 */
record Refusal(OverlayBackend backend, Problem problem, Kind kind) {

  /** How near at hand a remedy is; the nearest first. */
  enum Kind {
    /** Another spec would be served. */
    SPEC,
    /** The machine lacks something that can be added to it. */
    MACHINE,
    /** The process lacks rights. */
    RIGHTS,
    /** The backend serves such specs only to a caller who names it. */
    UNNAMED
  }

  /** The problem, with the name of the backend. */
  Problem named() {
    return new Problem(
        problem.code(),
        problem.path(),
        "Backend " + backend.name() + ": " + problem.message(),
        problem.remedy());
  }
}
