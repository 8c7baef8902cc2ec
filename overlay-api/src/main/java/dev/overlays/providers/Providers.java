package dev.overlays.providers;

import dev.overlays.Problem;
import dev.overlays.spi.LayerStore;
import dev.overlays.spi.OverlayBackend;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The providers of one service, best first, and a problem for each that is broken: one bad jar does
 * not take the others away. Looked up by the class loader of the thread that asks first and by that
 * of this library; once, unless one is broken: that may have come of too many open files.
 *
 * @param <S> the service
 * @param working those that could be loaded
 * @param broken why the others could not
 */
public record Providers<S>(List<S> working, List<Problem> broken) {

  private static final ProviderLookup<OverlayBackend> BACKENDS =
      new ProviderLookup<>(
          Comparator.comparingInt(OverlayBackend::priority)
              .reversed()
              .thenComparing(OverlayBackend::name),
          List.of(
              ServiceLoader.load(OverlayBackend.class),
              ServiceLoader.load(OverlayBackend.class, Providers.class.getClassLoader())));

  private static final ProviderLookup<LayerStore> STORES =
      new ProviderLookup<>(
          Comparator.comparingInt(LayerStore::priority).reversed().thenComparing(LayerStore::name),
          List.of(
              ServiceLoader.load(LayerStore.class),
              ServiceLoader.load(LayerStore.class, Providers.class.getClassLoader())));

  /**
   * Returns the mount backends.
   *
   * @return best first
   */
  public static Providers<OverlayBackend> backends() {
    return BACKENDS.find();
  }

  /**
   * Returns the layer stores.
   *
   * @return best first
   */
  public static Providers<LayerStore> stores() {
    return STORES.find();
  }
}
