package dev.overlays.providers;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Finds the providers of one service. While one is broken they are looked for again each time, and
 * those that were made before stay.
 */
final class ProviderLookup<S> {
  private static final System.Logger LOG = System.getLogger("dev.overlays");

  private final Comparator<S> best;
  private final List<ServiceLoader<S>> loaders;
  private final Set<Class<?>> made = new HashSet<>();
  private volatile Providers<S> found = new Providers<>(List.of(), List.of());
  private volatile boolean complete;

  /** The loaders are made by the caller, since a module may only load services that it uses. */
  ProviderLookup(Comparator<S> best, List<ServiceLoader<S>> loaders) {
    this.best = best;
    this.loaders = loaders;
  }

  Providers<S> find() {
    return complete ? found : findAgain();
  }

  private synchronized Providers<S> findAgain() {
    if (!complete) {
      List<S> working = new ArrayList<>(found.working());
      List<Problem> broken = new ArrayList<>();
      Set<Class<?>> tried = new HashSet<>(made);
      for (ServiceLoader<S> loader : loaders) {
        loader.reload();
        load(loader, tried, working, broken);
      }
      working.sort(best);
      found = new Providers<>(List.copyOf(working), List.copyOf(broken));
      complete = broken.isEmpty();
    }
    return found;
  }

  private void load(
      ServiceLoader<S> loader, Set<Class<?>> tried, List<S> working, List<Problem> broken) {
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
        Problem problem = broken(e);
        if (!broken.contains(problem)) {
          broken.add(problem);
          if (!found.broken().contains(problem)) {
            LOG.log(System.Logger.Level.WARNING, problem::toString);
          }
        }
      }
    }
  }

  private static Problem broken(Throwable e) {
    return Problem.of(
        ProblemCode.BACKEND_BROKEN,
        "A provider could not be loaded: " + e + ".",
        "Repair or remove the jar that names it; the other providers are used meanwhile.");
  }
}
