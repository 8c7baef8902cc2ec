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
 * Finds the providers of one service. A complete lookup is done only once. If a provider is broken,
 * which may have been caused by too many open files, each call looks again, and the providers that
 * work are kept.
 *
 * @param <S> the service
 */
public final class ProviderLookup<S> {
  /** Looked up only when there is something to say: that sets up the logging of the JVM. */
  private static final String LOGGER = "dev.overlays";

  private final Comparator<S> best;
  private final List<ServiceLoader<S>> loaders;
  private final Set<Class<?>> made = new HashSet<>();
  private volatile FoundProviders<S> found = new FoundProviders<>(List.of(), List.of());
  private volatile boolean complete;

  /**
   * Makes a lookup. The caller creates the loaders, since a module may load only services that it
   * uses.
   *
   * @param context a loader with the context class loader of the thread
   * @param own a loader with the class loader of this library
   * @param best which provider comes first
   */
  public ProviderLookup(ServiceLoader<S> context, ServiceLoader<S> own, Comparator<S> best) {
    this.best = best;
    boolean same =
        Thread.currentThread().getContextClassLoader() == ProviderLookup.class.getClassLoader();
    this.loaders = same ? List.of(context) : List.of(context, own);
  }

  /**
   * Looks the providers up unless that is complete.
   *
   * @return the providers, each once
   */
  public FoundProviders<S> findProviders() {
    return complete ? found : findAgain();
  }

  /**
   * Returns the result of the last lookup, without a new one.
   *
   * @return the last result; empty before the first lookup
   */
  public FoundProviders<S> lastFound() {
    return found;
  }

  private synchronized FoundProviders<S> findAgain() {
    if (!complete) {
      List<S> working = new ArrayList<>(found.working());
      List<String> broken = new ArrayList<>();
      Set<Class<?>> tried = new HashSet<>(made);
      for (ServiceLoader<S> loader : loaders) {
        loader.reload();
        loadProviders(loader, tried, working, broken);
      }
      working.sort(best);
      found = new FoundProviders<>(List.copyOf(working), List.copyOf(broken));
      complete = broken.isEmpty();
    }
    return found;
  }

  private void loadProviders(
      ServiceLoader<S> loader, Set<Class<?>> tried, List<S> working, List<String> broken) {
    Iterator<ServiceLoader.Provider<S>> providers = loader.stream().iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        ServiceLoader.Provider<S> provider = providers.next();
        if (tried.add(provider.type())) {
          working.add(provider.get());
          made.add(provider.type());
        }
      } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
        String reason = e.toString();
        if (!broken.contains(reason)) {
          broken.add(reason);
          if (!found.broken().contains(reason)) {
            System.getLogger(LOGGER)
                .log(
                    System.Logger.Level.WARNING, () -> "A provider could not be loaded: " + reason);
          }
        }
      }
    }
  }
}
