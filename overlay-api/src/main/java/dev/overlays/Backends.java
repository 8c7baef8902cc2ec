package dev.overlays;

import dev.overlays.providers.ProviderLookup;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The mount backends. They are looked up by the class loader of the thread that asks first and by
 * that of this library.
 */
final class Backends {
  private static final ProviderLookup<OverlayBackend> LOOKUP =
      new ProviderLookup<>(
          ServiceLoader.load(OverlayBackend.class),
          ServiceLoader.load(OverlayBackend.class, Backends.class.getClassLoader()),
          Comparator.comparingInt(OverlayBackend::priority)
              .reversed()
              .thenComparing(OverlayBackend::name));

  private Backends() {}

  /** Those that could be loaded, best first. */
  static List<OverlayBackend> working() {
    return LOOKUP.find().working();
  }

  /** Why others could not be loaded. */
  static List<Problem> broken() {
    return LOOKUP.lastFound().broken().stream().map(Problem::ofBrokenProvider).toList();
  }
}
