package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.Job;
import dev.overlays.merge.run.Selection;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The open roots of several instances over the same lowers. */
final class Instances implements Closeable {
  private final LayerRoots lowers;
  private final List<Instance> roots = new ArrayList<>();

  private Instances(LayerRoots lowers) {
    this.lowers = lowers;
  }

  /**
   * Opens the roots.
   *
   * @param merging the specs whose uppers are to be merged
   * @param selection the entries of each spec that are looked at
   */
  static Instances open(
      List<OverlaySpec> specs,
      List<OverlaySpec> merging,
      Function<OverlaySpec, Selection> selection,
      LayerStore store)
      throws IOException {
    Job job = Job.of(specs.get(0));
    Instances instances =
        new Instances(LayerRoots.open(store, job.lowers(), job.dataLowers(), job.marks()));
    try {
      for (OverlaySpec spec : specs) {
        Path upper = spec.upper().orElseThrow();
        LayerDirectory root = store.open(upper);
        instances.roots.add(
            new Instance(
                upper,
                merging.contains(spec),
                root,
                instances.lowers.root(),
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

  List<Instance> roots() {
    return roots;
  }

  @Override
  public void close() throws IOException {
    try (lowers) {
      closeAll(roots);
    }
  }

  static void closeAll(List<Instance> instances) throws IOException {
    IOException failure = null;
    for (Instance instance : instances) {
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
