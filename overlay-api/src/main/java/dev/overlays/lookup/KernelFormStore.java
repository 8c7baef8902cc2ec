package dev.overlays.lookup;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.modes.ModeLiftingStore;
import dev.overlays.owners.MappedLayerStore;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A store whose layers are all in the kernel's form: a layer that fuse-overlayfs left in its own
 * form is shown as if it were converted, for reading.
 */
public final class KernelFormStore extends ForwardingLayerStore {
  private final MarkNamespace marks;

  private KernelFormStore(LayerStore store, MarkNamespace marks) {
    super(store);
    this.marks = marks;
  }

  /**
   * Returns a store for reading single layers, whatever form they have.
   *
   * @param store what opens them
   * @param marks where marks are kept
   * @return a store that shows them in the kernel's form
   */
  public static LayerStore forReading(LayerStore store, MarkNamespace marks) {
    return new KernelFormStore(store, marks);
  }

  /**
   * Returns a store for reading what specs show: layers are in the kernel's form, owners are mapped
   * as the specs say, and files of an index appear under all their names.
   *
   * @param store what opens the layers
   * @param specs whose layers are read; all keep their marks in one namespace
   * @return the store
   * @throws OverlayException if a layer is hidden by the view
   */
  public static LayerStore forReading(LayerStore store, List<OverlaySpec> specs)
      throws OverlayException {
    for (OverlaySpec spec : specs) {
      store.requireVisible(spec);
    }
    LayerStore mapped = MappedLayerStore.mapLowers(store, specs);
    return IndexedUpperStore.forReading(forReading(mapped, marksOf(specs.get(0))), specs);
  }

  /**
   * Returns a store for a run that changes claimed layers. Layers that are not in the kernel's form
   * are converted first; for a dry run they are only shown so. Owners of lowers are mapped as the
   * specs say.
   *
   * @param store what opens them
   * @param specs whose uppers and lowers are changed
   * @param dryRun whether the run must not change anything
   * @return a store that shows them in the kernel's form
   * @throws IOException if a layer is hidden by the view, or cannot be read or converted
   */
  public static LayerStore forChanging(LayerStore store, List<OverlaySpec> specs, boolean dryRun)
      throws IOException {
    for (OverlaySpec spec : specs) {
      store.requireVisible(spec);
    }
    LayerStore own = ModeLiftingStore.forOwner(store, specs, dryRun);
    if (dryRun) {
      return forReading(own, specs);
    }
    convertLayers(own, specs);
    return MappedLayerStore.mapLowers(own, specs);
  }

  private static void convertLayers(LayerStore store, List<OverlaySpec> specs) throws IOException {
    for (OverlaySpec spec : specs) {
      if (spec.upper().isPresent()) {
        convertLayer(store, spec.upper().get(), marksOf(spec));
      }
      for (Path lower : spec.lowers()) {
        convertLayer(store, lower, marksOf(spec));
      }
    }
  }

  private static void convertLayer(LayerStore store, Path path, MarkNamespace marks)
      throws IOException {
    try (LayerDirectory layer = store.open(path)) {
      FuseForm.convertIfMarked(layer, marks);
    }
  }

  private static MarkNamespace marksOf(OverlaySpec spec) {
    return MarkNamespace.of(spec.options());
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    LayerDirectory directory = innerStore().open(root);
    try {
      return FuseForm.isMarked(directory, marks)
          ? FuseForm.showConverted(directory, marks)
          : directory;
    } catch (IOException | RuntimeException | Error e) {
      HandleGroup.closeAfter(directory, e);
      throw e;
    }
  }
}
