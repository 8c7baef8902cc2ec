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
final class StoreLookup {
  private static final ProviderLookup<LayerStore> LOOKUP =
      new ProviderLookup<>(
          ServiceLoader.load(LayerStore.class),
          ServiceLoader.load(LayerStore.class, StoreLookup.class.getClassLoader()),
          Comparator.comparingInt(LayerStore::priority).reversed().thenComparing(LayerStore::name));

  private StoreLookup() {}

  /** Returns the stores that could be loaded, best first. */
  static List<LayerStore> workingStores() {
    return LOOKUP.findProviders().working();
  }

  /** Returns why the others could not be loaded. */
  static List<Problem> brokenProviders() {
    return LOOKUP.lastFound().broken().stream().map(Problem::ofBrokenProvider).toList();
  }
}
