package dev.overlays;

import dev.overlays.providers.Providers;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The mount backends. They are looked up once, by the class loader of the thread that asks first
 * and by that of this library.
 */
final class Backends {
  private static final Providers<OverlayBackend> FOUND =
      Providers.load(
          ServiceLoader.load(OverlayBackend.class),
          ServiceLoader.load(OverlayBackend.class, Backends.class.getClassLoader()),
          Comparator.comparingInt(OverlayBackend::priority)
              .reversed()
              .thenComparing(OverlayBackend::name));

  private Backends() {}

  /** Those that could be loaded, best first. */
  static List<OverlayBackend> working() {
    return FOUND.working();
  }

  /** Why others could not be loaded. */
  static List<Problem> broken() {
    return FOUND.broken().stream().map(Problem::ofBrokenProvider).toList();
  }
}
