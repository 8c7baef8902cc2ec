package dev.overlays.providers;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.spi.LayerStore;
import dev.overlays.spi.OverlayBackend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The providers of one service, best first, and a problem for each that is broken: one bad jar does
 * not take the others away. Looked up once, by the class loader of the thread that asks first and
 * by that of this library.
 *
 * @param <S> the service
 * @param working those that could be loaded
 * @param broken why the others could not
 */
public record Providers<S>(List<S> working, List<Problem> broken) {

  private static final System.Logger LOG = System.getLogger("dev.overlays");

  /**
   * Returns the mount backends.
   *
   * @return best first
   */
  public static Providers<OverlayBackend> backends() {
    return Backends.FOUND;
  }

  /**
   * Returns the layer stores.
   *
   * @return best first
   */
  public static Providers<LayerStore> stores() {
    return Stores.FOUND;
  }

  private static final class Backends {
    static final Providers<OverlayBackend> FOUND =
        load(
            ServiceLoader.load(OverlayBackend.class),
            ServiceLoader.load(OverlayBackend.class, Providers.class.getClassLoader()),
            Comparator.comparingInt(OverlayBackend::priority)
                .reversed()
                .thenComparing(OverlayBackend::name));
  }

  private static final class Stores {
    static final Providers<LayerStore> FOUND =
        load(
            ServiceLoader.load(LayerStore.class),
            ServiceLoader.load(LayerStore.class, Providers.class.getClassLoader()),
            Comparator.comparingInt(LayerStore::priority)
                .reversed()
                .thenComparing(LayerStore::name));
  }

  /** The loader is made by the caller, since a module may only load services that it uses. */
  static <S> Providers<S> load(ServiceLoader<S> context, ServiceLoader<S> own, Comparator<S> best) {
    List<S> working = new ArrayList<>();
    List<Problem> broken = new ArrayList<>();
    Set<Class<?>> seen = new HashSet<>();
    for (ServiceLoader<S> loader : List.of(context, own)) {
      Iterator<ServiceLoader.Provider<S>> providers = loader.stream().iterator();
      while (true) {
        try {
          if (!providers.hasNext()) {
            break;
          }
          ServiceLoader.Provider<S> provider = providers.next();
          if (seen.add(provider.type())) {
            working.add(provider.get());
          }
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
          Problem problem = broken(e);
          if (!broken.contains(problem)) {
            broken.add(problem);
            LOG.log(System.Logger.Level.WARNING, problem::toString);
          }
        }
      }
    }
    working.sort(best);
    return new Providers<>(List.copyOf(working), List.copyOf(broken));
  }

  private static Problem broken(Throwable e) {
    return Problem.of(
        ProblemCode.BACKEND_BROKEN,
        "A provider could not be loaded: " + e + ".",
        "Repair or remove the jar that names it; the other providers are used meanwhile.");
  }
}
