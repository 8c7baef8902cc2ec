package dev.overlays.testkit.replay;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A side whose views a backend mounts.
 *
 * @param backend the name of the backend
 * @param directory the directory for layers and mount points, on a file system that can hold an
 *     upper
 * @param store the store that opens the layers
 * @param knownDifferences the differences to a kernel's view that are accepted
 */
public record MountedSide(
    String backend, Path directory, LayerStore store, Set<KnownDifference> knownDifferences)
    implements ComparedSide {

  @Override
  public OpenedView open(OverlaySpec spec) throws IOException {
    Path mountPoint = Files.createTempDirectory(directory, "mounted");
    OverlayMount mount = Overlays.mount(spec.toBuilder().mountPoint(mountPoint).build(), backend);
    return new OpenedView() {
      @Override
      public Path root() {
        return mount.root();
      }

      @Override
      public void close() throws IOException {
        mount.close();
        Files.delete(mountPoint);
      }
    };
  }

  @Override
  public String toString() {
    return backend;
  }
}
