package dev.overlays.lookup;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.modes.OwnLayers;
import dev.overlays.owners.MappedLayers;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A store whose layers are all in the kernel's form: one that fuse-overlayfs has left in its own is
 * shown as if it were, for reading.
 */
public final class LayerForms extends ForwardingLayerStore {
  private final MarkNamespace marks;

  private LayerForms(LayerStore store, MarkNamespace marks) {
    super(store);
    this.marks = marks;
  }

  /**
   * Returns a store for reading layers one by one, whatever form they have.
   *
   * @param store what opens them
   * @param marks where marks are kept
   * @return a store that shows them in the kernel's form
   */
  public static LayerStore reading(LayerStore store, MarkNamespace marks) {
    return new LayerForms(store, marks);
  }

  /**
   * Returns a store for reading what specs show, whatever form their layers have: in the kernel's
   * form, with the owners that the specs map, and with what an index shows under other names.
   *
   * @param store what opens the layers
   * @param specs whose layers are read; all keep their marks in one namespace
   * @return the store
   * @throws OverlayException if a layer is hidden by the view
   */
  public static LayerStore reading(LayerStore store, List<OverlaySpec> specs)
      throws OverlayException {
    for (OverlaySpec spec : specs) {
      store.requireVisible(spec);
    }
    LayerStore mapped = MappedLayers.of(store, specs);
    return IndexedUppers.reading(reading(mapped, marks(specs.get(0))), specs);
  }

  /**
   * Returns a store for a run that changes claimed layers: those that are not in the kernel's form
   * are turned into it. A dry run reads them as they are. Lowers have the owners that the specs
   * map.
   *
   * @param store what opens them
   * @param specs whose uppers and lowers are changed
   * @param dryRun whether nothing may be changed
   * @return a store that shows them in the kernel's form
   * @throws IOException if a layer is hidden by the view, or cannot be read or turned
   */
  public static LayerStore settled(LayerStore store, List<OverlaySpec> specs, boolean dryRun)
      throws IOException {
    for (OverlaySpec spec : specs) {
      store.requireVisible(spec);
    }
    LayerStore own = OwnLayers.of(store, specs, dryRun);
    if (dryRun) {
      return reading(own, specs);
    }
    settle(own, specs);
    return MappedLayers.of(own, specs);
  }

  private static void settle(LayerStore store, List<OverlaySpec> specs) throws IOException {
    for (OverlaySpec spec : specs) {
      if (spec.upper().isPresent()) {
        settle(store, spec.upper().get(), marks(spec));
      }
      for (Path lower : spec.lowers()) {
        settle(store, lower, marks(spec));
      }
    }
  }

  private static void settle(LayerStore store, Path path, MarkNamespace marks) throws IOException {
    try (LayerDirectory layer = store.open(path)) {
      FuseForm.settle(layer, marks);
    }
  }

  private static MarkNamespace marks(OverlaySpec spec) {
    return MarkNamespace.of(spec.options());
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    LayerDirectory directory = store().open(root);
    try {
      return FuseForm.isMarked(directory, marks) ? FuseForm.reading(directory, marks) : directory;
    } catch (IOException | RuntimeException | Error e) {
      HandleGroup.close(directory, e);
      throw e;
    }
  }
}
