package dev.overlays;

import java.util.Collection;

/**
 * Why a backend does not mount a spec.
 *
 * @param backend the backend
 * @param problem the reason that it gives
 * @param kind how easy the remedy is
 */
record BackendRefusal(OverlayBackend backend, Problem problem, RemedyKind kind) {

  /** How easy a remedy is; the easiest first. */
  enum RemedyKind {
    /** The caller can change the spec. */
    OTHER_SPEC,
    /** Something can be installed or enabled on the machine. */
    MACHINE_LACKS,
    /** The process lacks rights. */
    RIGHTS_LACK,
    /** The backend mounts such specs only for callers who name it. */
    ONLY_WHEN_NAMED
  }

  /**
   * Returns a problem whose message begins with the names of the backends that report it.
   *
   * @param problem the problem that they report
   * @param backends their names, at least one
   */
  static Problem withBackendNames(Problem problem, Collection<String> backends) {
    String who = backends.size() == 1 ? "Backend " : "Backends ";
    return new Problem(
        problem.code(),
        problem.path(),
        who + String.join(", ", backends) + ": " + problem.message(),
        problem.remedy());
  }
}
