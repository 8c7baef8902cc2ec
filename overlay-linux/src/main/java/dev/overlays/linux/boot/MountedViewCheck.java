package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.fuse.FuseMount;
import dev.overlays.linux.mount.KernelMount;
import dev.overlays.linux.mount.UnlistedMounts;
import dev.overlays.linux.rootless.RootlessMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether the view of a boot entry is mounted now, by any backend. Then its upper and
 * mount point are in use, which is no fault of the entry.
 */
final class MountedViewCheck {
  /** Lists the mounts of one backend. */
  private interface MountSource {
    List<OverlayMount> listMounts() throws OverlayException;
  }

  private static final List<MountSource> SOURCES =
      List.of(
          KernelMount::listMounts,
          () -> UnlistedMounts.of(RootlessMount.BACKEND),
          FuseMount::listMounts);

  private MountedViewCheck() {}

  static boolean isMounted(OverlaySpec spec) {
    List<Object> wanted = realPlacesOf(spec);
    return SOURCES.stream()
        .flatMap(source -> mountsOf(source).stream())
        .anyMatch(mount -> realPlacesOf(mount.spec()).equals(wanted));
  }

  /**
   * Lists nothing if that fails; if such a view is a problem, the check that follows reports it.
   */
  private static List<OverlayMount> mountsOf(MountSource source) {
    try {
      return source.listMounts();
    } catch (OverlayException e) {
      return List.of();
    }
  }

  private static List<Object> realPlacesOf(OverlaySpec spec) {
    List<Object> places = new ArrayList<>();
    places.add(spec.mountPoint().map(MountedViewCheck::realPath));
    places.add(spec.lowers().stream().map(MountedViewCheck::realPath).toList());
    places.add(spec.dataLowers().stream().map(MountedViewCheck::realPath).toList());
    for (Optional<Path> layer : List.of(spec.upper(), spec.work())) {
      places.add(layer.map(MountedViewCheck::realPath));
    }
    return places;
  }

  /** Returns the path with links followed, as mount(8) and systemd do. */
  static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }
}
