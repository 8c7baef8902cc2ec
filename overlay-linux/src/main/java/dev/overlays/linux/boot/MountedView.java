package dev.overlays.linux.boot;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.FuseOverlayfsBackend;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.RootlessBackend;
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
  private static final List<OverlayBackend> BACKENDS =
      List.of(new KernelBackend(), new RootlessBackend(), new FuseOverlayfsBackend());

  private MountedView() {}

  static boolean isOf(OverlaySpec spec) {
    List<Object> wanted = places(spec);
    return BACKENDS.stream()
        .flatMap(backend -> mounted(backend).stream())
        .anyMatch(mount -> places(mount.spec()).equals(wanted));
  }

  /** What cannot be listed is refused by the check that follows, if it is in the way. */
  private static List<OverlayMount> mounted(OverlayBackend backend) {
    try {
      return backend.mounted();
    } catch (OverlayException e) {
      return List.of();
    }
  }

  private static List<Object> places(OverlaySpec spec) {
    List<Object> places = new ArrayList<>();
    places.add(spec.mountPoint().map(MountedView::real));
    places.add(spec.lowers().stream().map(MountedView::real).toList());
    places.add(spec.dataLowers().stream().map(MountedView::real).toList());
    for (Optional<Path> layer : List.of(spec.upper(), spec.work())) {
      places.add(layer.map(MountedView::real));
    }
    return places;
  }

  /** Where a path leads: links are followed, as mount(8) and systemd do. */
  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }
}
