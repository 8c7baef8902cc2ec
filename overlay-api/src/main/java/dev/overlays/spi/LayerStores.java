package dev.overlays.spi;

import dev.overlays.Problem;
import dev.overlays.providers.Providers;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The layer stores. They are looked up once, by the class loader of the thread that asks first and
 * by that of this library.
 */
final class LayerStores {
  private static final Providers<LayerStore> FOUND =
      Providers.load(
          ServiceLoader.load(LayerStore.class),
          ServiceLoader.load(LayerStore.class, LayerStores.class.getClassLoader()),
          Comparator.comparingInt(LayerStore::priority).reversed().thenComparing(LayerStore::name));

  private LayerStores() {}

  /** Those that could be loaded, best first. */
  static List<LayerStore> working() {
    return FOUND.working();
  }

  /** Why others could not be loaded. */
  static List<Problem> broken() {
    return FOUND.broken().stream().map(Problem::ofBrokenProvider).toList();
  }
}
