package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** Paths of other file system providers, which lead nowhere outside this JVM. */
public final class ForeignPaths {
  private ForeignPaths() {}

  /**
   * Looks for one.
   *
   * @param paths any paths
   * @return what is wrong with the first that is none of the default file system
   */
  public static Optional<Problem> foreignAmong(Collection<Path> paths) {
    return paths.stream()
        .filter(path -> path.getFileSystem() != FileSystems.getDefault())
        .findFirst()
        .map(
            path ->
                Problem.of(
                    ProblemCode.PATH_PROVIDER_UNSUPPORTED,
                    path,
                    "Outside this JVM nobody knows paths of "
                        + path.getFileSystem().provider().getScheme()
                        + ".",
                    "Use paths of the default file system, or what the test kit has for others."));
  }
}
