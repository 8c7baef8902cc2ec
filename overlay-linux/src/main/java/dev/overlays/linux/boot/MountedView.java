package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.fuse.FuseMount;
import dev.overlays.linux.mount.KernelMount;
import dev.overlays.linux.mount.LiveMounts;
import dev.overlays.linux.rootless.RootlessMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the view of a boot entry is mounted at this moment, whichever backend has it: then its
 * upper is in use and its mount point taken, and neither is a fault of the entry.
 */
final class MountedView {
  /** Lists the mounts of one backend. */
  private interface MountSource {
    List<OverlayMount> listMounts() throws OverlayException;
  }

  private static final List<MountSource> SOURCES =
      List.of(KernelMount::mounted, () -> LiveMounts.of(RootlessMount.BACKEND), FuseMount::mounted);

  private MountedView() {}

  static boolean isOf(OverlaySpec spec) {
    List<Object> wanted = placesOf(spec);
    return SOURCES.stream()
        .flatMap(source -> mountedOf(source).stream())
        .anyMatch(mount -> placesOf(mount.spec()).equals(wanted));
  }

  /** What cannot be listed is refused by the check that follows, if it is in the way. */
  private static List<OverlayMount> mountedOf(MountSource source) {
    try {
      return source.listMounts();
    } catch (OverlayException e) {
      return List.of();
    }
  }

  private static List<Object> placesOf(OverlaySpec spec) {
    List<Object> places = new ArrayList<>();
    places.add(spec.mountPoint().map(MountedView::realPath));
    places.add(spec.lowers().stream().map(MountedView::realPath).toList());
    places.add(spec.dataLowers().stream().map(MountedView::realPath).toList());
    for (Optional<Path> layer : List.of(spec.upper(), spec.work())) {
      places.add(layer.map(MountedView::realPath));
    }
    return places;
  }

  /** Where a path leads: links are followed, as mount(8) and systemd do. */
  static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }
}
