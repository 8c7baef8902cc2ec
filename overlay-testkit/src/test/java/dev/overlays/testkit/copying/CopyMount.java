package dev.overlays.testkit.copying;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A view that is a plain copy. */
final class CopyMount implements OverlayMount {
  private final OverlaySpec spec;
  private final LayerStore store;
  private final Path root;
  private final Closeable hold;

  CopyMount(OverlaySpec spec, LayerStore store, Path root, Closeable hold) {
    this.spec = spec;
    this.store = store;
    this.root = root;
    this.hold = hold;
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public String backend() {
    return "copy";
  }

  Closeable layerHold() {
    return hold;
  }

  @Override
  public boolean isMounted() {
    synchronized (CopyBackend.LIVE) {
      return CopyBackend.LIVE.contains(this);
    }
  }

  @Override
  public void close(UnmountOptions options) throws OverlayException {
    synchronized (CopyBackend.LIVE) {
      if (!isMounted()) {
        return;
      }
      try {
        writeUpper();
        CopyBackend.removeView(store, spec.work().orElseThrow());
        hold.close();
        CopyBackend.LIVE.remove(this);
      } catch (IOException e) {
        throw new OverlayException(
            List.of(
                Problem.of(
                    ProblemCode.UNMOUNT_REFUSED,
                    root,
                    "What was written cannot be put into the upper: " + e + ".",
                    "Look at the cause, and close again: the view is still there.")),
            e);
      }
    }
  }

  private void writeUpper() throws IOException {
    try (LayerDirectory view = store.open(root);
        MergedDirectory lowers = MergedDirectory.openLayers(store, spec.lowers());
        LayerDirectory upper = store.open(spec.upper().orElseThrow())) {
      LayerEntries.removeAll(upper);
      UpperDifference.writeDifference(view, lowers, upper);
    }
  }
}
