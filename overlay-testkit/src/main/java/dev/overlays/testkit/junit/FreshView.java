package dev.overlays.testkit.junit;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** A view that is discarded with everything written to it. */
final class FreshView implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.overlays.testkit");

  private final Path directory;
  private final OverlaySpec spec;
  private OverlayMount mount;
  private BooleanSupplier keep = () -> false;
  private boolean closed;

  private FreshView(Path directory, OverlaySpec spec) {
    this.directory = directory;
    this.spec = spec;
  }

  /** Mounts a view. */
  @FunctionalInterface
  interface ViewMounting {
    OverlayMount mount(OverlaySpec spec) throws IOException;
  }

  /** Mounts a view in a new directory of its own; on failure, both are removed. */
  static FreshView of(Path directory, OverlaySpec spec, ViewMounting mounting) throws IOException {
    FreshView view = new FreshView(directory, spec);
    try {
      view.mount = mounting.mount(spec);
      return view;
    } catch (Throwable e) {
      LeftoverRemoval.runAfter(e, view::close);
      throw e;
    }
  }

  OverlayMount overlayMount() {
    return mount;
  }

  /** Keeps what was written if the condition holds when the view is closed. */
  FreshView keepIf(BooleanSupplier wanted) {
    keep = wanted;
    return this;
  }

  /** Unmounts and deletes the view. If it is still in use, this fails, but the view is gone. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    ViewLeakedError leaked = mount == null ? null : unmountOrExplain();
    if (mount != null && keep.getAsBoolean()) {
      LOG.log(
          System.Logger.Level.INFO,
          "what was written to {0} is kept in {1}",
          mount.root(),
          directory);
    } else if (mount instanceof CopiedView) {
      LeftoverRemoval.deleteTree(directory);
    } else {
      LeftoverRemoval.deleteView(directory, spec.mountPoint().orElseThrow());
    }
    if (leaked != null) {
      throw leaked;
    }
  }

  private ViewLeakedError unmountOrExplain() throws IOException {
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
