package dev.overlays.spi;

import dev.overlays.Problem;
import dev.overlays.providers.ProviderLookup;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The layer stores. They are looked up by the class loader of the thread that asks first and by
 * that of this library.
 */
final class LayerStores {
  private static final ProviderLookup<LayerStore> LOOKUP =
      new ProviderLookup<>(
          ServiceLoader.load(LayerStore.class),
          ServiceLoader.load(LayerStore.class, LayerStores.class.getClassLoader()),
          Comparator.comparingInt(LayerStore::priority).reversed().thenComparing(LayerStore::name));

  private LayerStores() {}

  /** Those that could be loaded, best first. */
  static List<LayerStore> working() {
    return LOOKUP.find().working();
  }

  /** Why others could not be loaded. */
  static List<Problem> broken() {
    return LOOKUP.lastFound().broken().stream().map(Problem::ofBrokenProvider).toList();
  }
}
