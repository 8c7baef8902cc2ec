package dev.overlays;

import java.util.Collection;

/**
 * Why a backend does not mount a spec.
 *
 * @param backend the backend
 * @param problem the reason that it gives
 * @param kind how easy the remedy is
 */
record BackendRefusal(OverlayBackend backend, Problem problem, Kind kind) {

  /** How easy a remedy is; the easiest first. */
  enum Kind {
    /** The caller can change the spec. */
    SPEC,
    /** Something can be installed or enabled on the machine. */
    MACHINE,
    /** The process lacks rights. */
    RIGHTS,
    /** The backend mounts such specs only for callers who name it. */
    UNNAMED
  }

  /**
   * Returns a problem whose message begins with the names of the backends that report it.
   *
   * @param problem the problem that they report
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
