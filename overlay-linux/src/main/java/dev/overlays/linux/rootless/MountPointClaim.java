package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reserves a mount point for a view of this JVM, because the mount is visible in its namespace
 * only.
 */
final class MountPointClaim implements AutoCloseable {
  private static final Map<Path, MountPointClaim> CLAIMS = new ConcurrentHashMap<>();

  private final Path real;

  private MountPointClaim(Path real) {
    this.real = real;
  }

  /**
   * Claims a mount point.
   *
   * @param given the mount point as the spec names it
   * @param real its real path in the namespace
   * @throws OverlayException if a view is mounted there
   */
  static MountPointClaim claimMountPoint(Path given, Path real) throws OverlayException {
    MountPointClaim claim = new MountPointClaim(real);
    if (CLAIMS.putIfAbsent(real, claim) != null) {
      throw new OverlayException(RootlessCheck.takenProblem(given));
    }
    return claim;
  }

  /** The real path of the mount point in the namespace. */
  Path mountPoint() {
    return real;
  }

  /**
   * Releases the claim. A second call does nothing, even if another view has the mount point by
   * then.
   */
  @Override
  public void close() {
    CLAIMS.remove(real, this);
  }
}
