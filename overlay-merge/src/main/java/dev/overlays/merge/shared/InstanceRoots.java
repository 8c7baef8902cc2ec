package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The open roots of several instances over the same lowers. */
final class InstanceRoots implements Closeable {
  private final LayerRoots lowers;
  private final List<InstancePlace> roots = new ArrayList<>();

  private InstanceRoots(LayerRoots lowers) {
    this.lowers = lowers;
  }

  /**
   * Opens the roots.
   *
   * @param merging the specs whose uppers are to be merged
   * @param selection the entries of each spec that are looked at
   */
  static InstanceRoots open(
      List<OverlaySpec> specs,
      List<OverlaySpec> merging,
      Function<OverlaySpec, EntrySelection> selection,
      LayerStore store)
      throws IOException {
    LayerJob job = LayerJob.of(specs.get(0));
    InstanceRoots instances =
        new InstanceRoots(LayerRoots.openRoots(store, job.lowers(), job.dataLowers(), job.marks()));
    try {
      for (OverlaySpec spec : specs) {
        Path upper = spec.upper().orElseThrow();
        LayerDirectory root = store.open(upper);
        instances.roots.add(
            new InstancePlace(
                upper,
                merging.contains(spec),
                root,
                instances.lowers.mergedRoot(),
                true,
                selection.apply(spec),
                job.marks()));
      }
      return instances;
    } catch (IOException | RuntimeException e) {
      try (instances) {
        throw e;
      }
    }
  }

  LayerRoots lowers() {
    return lowers;
  }

  List<InstancePlace> roots() {
    return roots;
  }

  @Override
  public void close() throws IOException {
    try (lowers) {
      closeAll(roots);
    }
  }

  static void closeAll(List<InstancePlace> instances) throws IOException {
    IOException failure = null;
    for (InstancePlace instance : instances) {
      try {
        instance.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
