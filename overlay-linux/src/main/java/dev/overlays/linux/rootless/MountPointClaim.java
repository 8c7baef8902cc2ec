package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.linux.mount.LiveMounts;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A mount point that a view of this JVM has; no other process sees that it is in use. */
final class MountPointClaim implements AutoCloseable {
  private static final Map<Path, MountPointClaim> TAKEN = new ConcurrentHashMap<>();

  private final Path real;

  private MountPointClaim(Path real) {
    this.real = real;
  }

  /**
   * Claims one.
   *
   * @param given as the spec names it
   * @param real its real path in the namespace
   * @throws OverlayException if a view is mounted there
   */
  static MountPointClaim takeMountPoint(Path given, Path real) throws OverlayException {
    MountPointClaim claim = new MountPointClaim(real);
    if (TAKEN.putIfAbsent(real, claim) == null) {
      return claim;
    }
    // A view whose holder has ended lets go as soon as somebody looks at it.
    LiveMounts.of(RootlessMount.BACKEND).forEach(OverlayMount::isMounted);
    if (TAKEN.putIfAbsent(real, claim) != null) {
      throw new OverlayException(RootlessCheck.takenProblem(given));
    }
    return claim;
  }

  /** The real path of the mount point in the namespace. */
  Path mountPoint() {
    return real;
  }

  /** Lets it go. Does nothing the second time, whoever has it by then. */
  @Override
  public void close() {
    TAKEN.remove(real, this);
  }
}
