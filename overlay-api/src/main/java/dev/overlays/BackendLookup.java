package dev.overlays;

import dev.overlays.providers.ProviderLookup;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The mount backends. They are looked up with the context class loader of the first thread that
 * asks, and with the class loader of this library.
 */
final class BackendLookup {
  private static final ProviderLookup<OverlayBackend> LOOKUP =
      new ProviderLookup<>(
          ServiceLoader.load(OverlayBackend.class),
          ServiceLoader.load(OverlayBackend.class, BackendLookup.class.getClassLoader()),
          new BackendOrder());

  private BackendLookup() {}

  /** The highest priority comes first, and of the same priority the first name. */
  private static final class BackendOrder implements Comparator<OverlayBackend> {
    @Override
    public int compare(OverlayBackend one, OverlayBackend other) {
      int order = Integer.compare(other.priority(), one.priority());
      return order != 0 ? order : one.name().compareTo(other.name());
    }
  }

  /** Returns the backends that could be loaded, best first. */
  static List<OverlayBackend> workingBackends() {
    return LOOKUP.findProviders().working();
  }

  /** Returns why the others could not be loaded. */
  static List<Problem> brokenProviders() {
    return LOOKUP.lastFound().broken().stream().map(Problem::ofBrokenProvider).toList();
  }
}
