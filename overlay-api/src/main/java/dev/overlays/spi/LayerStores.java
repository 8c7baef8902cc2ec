package dev.overlays.spi;

import dev.overlays.Problem;
import dev.overlays.providers.ProviderLookup;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The layer stores. They are looked up with the context class loader of the first thread that asks,
 * and with the class loader of this library.
 */
final class LayerStores {
  private static final ProviderLookup<LayerStore> LOOKUP =
      new ProviderLookup<>(
          ServiceLoader.load(LayerStore.class),
          ServiceLoader.load(LayerStore.class, LayerStores.class.getClassLoader()),
          Comparator.comparingInt(LayerStore::priority).reversed().thenComparing(LayerStore::name));

  private LayerStores() {}

  /** Returns the stores that could be loaded, best first. */
  static List<LayerStore> working() {
    return LOOKUP.find().working();
  }

  /** Returns why the others could not be loaded. */
  static List<Problem> broken() {
    return LOOKUP.lastFound().broken().stream().map(Problem::ofBrokenProvider).toList();
  }
}
