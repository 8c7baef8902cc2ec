package dev.overlays.linux.demo;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds out why no backend mounts views of real directories. */
final class MountObstacles {
  private MountObstacles() {}

  /** Returns one reason per backend; empty if a backend mounts, with marks of the given kind. */
  static List<Problem> findObstacles(Path parent, boolean ofUser) {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(parent.resolve("static_cache"))
            .instance(parent.resolve("ttnode"))
            .options(o -> o.withUserXattr(ofUser))
            .build();
    List<Problem> reasons = new ArrayList<>();
    for (OverlayBackend backend : Overlays.backends()) {
      Optional<Problem> reason =
          backend
              .whyUnavailable()
              .or(() -> backend.declinesByDefault(spec))
              .or(() -> lackOfMarks(backend, spec));
      if (reason.isEmpty()) {
        return List.of();
      }
      reasons.add(reason.get());
    }
    return reasons;
  }

  /** Keeps only this problem of the check, since the layers do not exist yet. */
  private static Optional<Problem> lackOfMarks(OverlayBackend backend, OverlaySpec spec) {
    return backend.check(spec).stream()
        .filter(problem -> problem.code() == ProblemCode.USERXATTR_REQUIRED)
        .findFirst();
  }
}
