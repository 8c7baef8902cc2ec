package dev.overlays;

import java.util.Collection;

/**
 * Why a backend does not serve a spec.
 *
 * @param backend the backend
 * @param problem what it says
 * @param kind how near at hand the remedy is
 */
record BackendRefusal(OverlayBackend backend, Problem problem, Kind kind) {

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

  /**
   * A problem, with the names of the backends that have it.
   *
   * @param problem what they say
   * @param backends their names, at least one
   */
  static Problem named(Problem problem, Collection<String> backends) {
    String who = backends.size() == 1 ? "Backend " : "Backends ";
    return new Problem(
        problem.code(),
        problem.path(),
        who + String.join(", ", backends) + ": " + problem.message(),
        problem.remedy());
  }
}
