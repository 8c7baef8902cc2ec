package dev.overlays.providers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The providers of one service, best first, and a reason for each that is broken: one bad jar does
 * not take the others away.
 *
 * @param <S> the service
 * @param working those that could be loaded
 * @param broken why the others could not
 */
public record Providers<S>(List<S> working, List<String> broken) {

  private static final System.Logger LOG = System.getLogger("dev.overlays");

  /**
   * Looks the providers up. The caller makes the loaders, since a module may only load services
   * that it uses.
   *
   * @param <S> the service
   * @param context by the class loader of the thread that asks
   * @param own by the class loader of this library
   * @param best which provider comes first
   * @return what was found, each provider once
   */
  public static <S> Providers<S> load(
      ServiceLoader<S> context, ServiceLoader<S> own, Comparator<S> best) {
    List<S> working = new ArrayList<>();
    List<String> broken = new ArrayList<>();
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
          String reason = e.toString();
          if (!broken.contains(reason)) {
            broken.add(reason);
            LOG.log(System.Logger.Level.WARNING, () -> "A provider could not be loaded: " + reason);
          }
        }
      }
    }
    working.sort(best);
    return new Providers<>(List.copyOf(working), List.copyOf(broken));
  }
}
