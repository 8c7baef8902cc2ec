package dev.overlays.testkit.union;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The open layers of one view, and the options of its spec. */
final class UnionLayers implements Closeable {
  private final OverlaySpec spec;
  private final MarkNamespace marks;
  private final List<LayerStore> stores;
  private final LayerRoots roots;
  private final UnionStaging staging;

  private UnionLayers(
      OverlaySpec spec,
      MarkNamespace marks,
      List<LayerStore> stores,
      LayerRoots roots,
      UnionStaging staging) {
    this.spec = spec;
    this.marks = marks;
    this.stores = stores;
    this.roots = roots;
    this.staging = staging;
  }

  static UnionLayers open(OverlaySpec spec, LayerStores stores) throws IOException {
    List<Path> named = new ArrayList<>();
    spec.upper().ifPresent(named::add);
    named.addAll(spec.lowers());
    List<LayerStore> used = new ArrayList<>();
    for (Path layer : named) {
      used.add(stores.storeOf(layer));
    }
    for (Path layer : spec.dataLowers()) {
      used.add(stores.storeOf(layer));
    }
    MarkNamespace marks = MarkNamespace.of(spec.options());
    LayerRoots roots = LayerRoots.openRoots(stores, named, spec.dataLowers(), marks);
    try {
      UnionStaging staging =
          spec.upper().isPresent()
              ? UnionStaging.open(stores.open(spec.work().orElseThrow()))
              : null;
      return new UnionLayers(spec, marks, used, roots, staging);
    } catch (IOException | RuntimeException e) {
      try (roots) {
        throw e;
      }
    }
  }

  /** Whether the view has an upper; without one it can never be written. */
  boolean hasUpper() {
    return staging != null;
  }

  boolean startsReadOnly() {
    return !hasUpper() || spec.attributes().contains(MountAttribute.READ_ONLY);
  }

  OverlayOptions overlayOptions() {
    return spec.options();
  }

  MarkNamespace markNamespace() {
    return marks;
  }

  String xattrName(Mark mark) {
    return mark.xattr(marks);
  }

  /**
   * Whether renames of lower directories write redirects; source: the kernel's overlayfs.rst,
   * "renaming directories".
   */
  boolean writesRedirects() {
    return overlayOptions().redirectDir() == RedirectDir.ON;
  }

  boolean followsRedirects() {
    return overlayOptions().redirectDir() == RedirectDir.ON
        || overlayOptions().redirectDir() == RedirectDir.FOLLOW;
  }

  /**
   * Whether a layer has the same store as the top-most one, so that the store copies data itself.
   */
  boolean hasStoreOfUpper(int layer) {
    return stores.get(layer) == stores.get(0);
  }

  /**
   * Whether whiteouts are marked files. Stores show either form as a device, and file systems other
   * than the default one have no devices.
   */
  boolean marksWhiteouts() {
    return spacePath().getFileSystem() != FileSystems.getDefault();
  }

  /** Returns the merged layers below the upper; all layers if there is no upper. */
  MergedDirectory mergedBelow() {
    return hasUpper() ? roots.mergedBelowFirst() : roots.mergedRoot();
  }

  /** Returns the devices of the layers. */
  Set<Long> fileSystems() throws IOException {
    Set<Long> devices = new HashSet<>();
    for (LayerDirectory layer : roots.mergedRoot().mergedDirectories()) {
      devices.add(LayerEntries.requireStat(layer, Name.SELF).device());
    }
    return devices;
  }

  LayerDirectory upperRoot() {
    return roots.firstRoot();
  }

  UnionStaging stagingDirectory() {
    return staging;
  }

  /** Returns the layer whose space the view reports: the upper, or else the top-most lower. */
  Path spacePath() {
    return spec.upper().orElse(spec.lowers().get(0));
  }

  @Override
  public void close() throws IOException {
    try (roots) {
      if (staging != null) {
        staging.close();
      }
    }
  }
}
