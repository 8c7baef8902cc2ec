package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.linux.mount.LiveMounts;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The mount points that views of this JVM have; no other process sees that they are in use. */
final class MountPointClaims {
  private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

  private MountPointClaims() {}

  /**
   * Claims one.
   *
   * @param given as the spec names it
   * @param real its real path in the namespace
   * @throws OverlayException if a view is mounted there
   */
  static void take(Path given, Path real) throws OverlayException {
    if (TAKEN.add(real)) {
      return;
    }
    // A view whose holder has ended lets go as soon as somebody looks at it.
    LiveMounts.of(RootlessMount.BACKEND).forEach(OverlayMount::isMounted);
    if (!TAKEN.add(real)) {
      throw new OverlayException(RootlessCheck.taken(given));
    }
  }

  static void release(Path real) {
    TAKEN.remove(real);
  }
}
