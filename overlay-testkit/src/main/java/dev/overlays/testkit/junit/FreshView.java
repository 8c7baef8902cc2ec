package dev.overlays.testkit.junit;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** A view that goes with everything that was written to it. */
final class FreshView implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.overlays.testkit");

  private final Path directory;
  private final OverlayMount mount;
  private BooleanSupplier keep = () -> false;
  private boolean closed;

  FreshView(Path directory, OverlayMount mount) {
    this.directory = directory;
    this.mount = mount;
  }

  OverlayMount mount() {
    return mount;
  }

  /** Leaves what was written where it is, if that is wanted when the view is closed. */
  FreshView keepIf(BooleanSupplier wanted) {
    keep = wanted;
    return this;
  }

  /** Unmounts and deletes. Who still uses the view makes this fail, but does not keep it. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    ViewLeakedError leaked = unmount();
    if (keep.getAsBoolean()) {
      LOG.log(
          System.Logger.Level.INFO,
          "what was written to {0} is kept in {1}",
          mount.root(),
          directory);
    } else {
      Discard.view(directory, mount);
    }
    if (leaked != null) {
      throw leaked;
    }
  }

  private ViewLeakedError unmount() throws IOException {
    try {
      mount.close();
      return null;
    } catch (OverlayException e) {
      try {
        mount.close(UnmountOptions.lazily());
      } catch (OverlayException again) {
        e.addSuppressed(again);
        throw e;
      }
      return new ViewLeakedError(mount.root(), e);
    }
  }
}
