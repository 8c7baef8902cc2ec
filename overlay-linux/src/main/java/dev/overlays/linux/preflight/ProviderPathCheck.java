package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** Finds paths of other file system providers, which do not exist outside this JVM. */
public final class ProviderPathCheck {
  private ProviderPathCheck() {}

  /**
   * Finds the first path that does not belong to the default file system.
   *
   * @param paths any paths
   * @return its problem; empty if all belong to the default file system
   */
  public static Optional<Problem> foreignAmong(Collection<Path> paths) {
    for (Path path : paths) {
      if (path.getFileSystem() != FileSystems.getDefault()) {
        return Optional.of(
            Problem.of(
                ProblemCode.PATH_PROVIDER_UNSUPPORTED,
                path,
                "Outside this JVM there are no paths of "
                    + path.getFileSystem().provider().getScheme()
                    + ".",
                "Use paths of the default file system, or what the test kit has for others."));
      }
    }
    return Optional.empty();
  }
}
