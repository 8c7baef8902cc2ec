package dev.overlays.testkit.junit;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The chosen backend, and the reasons against the backends before it.
 *
 * @param backend the first backend that is usable and supports the options; empty if there is none
 * @param options the options to request from it
 * @param refusals for each backend before it, the reason and the remedy
 */
record ViewBackend(
    Optional<OverlayBackend> backend, OverlayOptions options, List<String> refusals) {
  /** The name of the backend whose views have no real path. */
  private static final String ROOTLESS = "rootless";

  private static final String NO_REAL_PATH =
      "its views have no real path, so it serves only tests with @WithOverlay(nioOnly = true),"
          + " which use the view through java.nio.file alone. For other tests, start the JVM of the"
          + " tests with: unshare --user --map-current-user --keep-caps --mount java ... Then the"
          + " kernel mounts views that have a real path.";

  static ViewBackend chooseAmong(List<OverlayBackend> backends, OverlaySpec spec, boolean nioOnly) {
    List<String> refusals = new ArrayList<>();
    for (OverlayBackend backend : realPathsFirst(backends)) {
      OptionFit fit = fitOptions(backend, spec);
      Optional<String> refusal = fit.refusal();
      if (!nioOnly && backend.name().equals(ROOTLESS)) {
        refusal = refusal.or(() -> Optional.of(NO_REAL_PATH));
      }
      if (refusal.isEmpty()) {
        return new ViewBackend(Optional.of(backend), fit.spec().options(), refusals);
      }
      refusals.add(backend.name() + ": " + refusal.get());
    }
    if (refusals.isEmpty()) {
      refusals.add(
          "add the dependency dev.overlays:overlay-linux, as there is no backend on the class path"
              + " or module path");
    }
    return new ViewBackend(Optional.empty(), spec.options(), refusals);
  }

  private static List<OverlayBackend> realPathsFirst(List<OverlayBackend> backends) {
    List<OverlayBackend> ordered = new ArrayList<>(backends);
    ordered.removeIf(backend -> backend.name().equals(ROOTLESS));
    backends.stream().filter(backend -> backend.name().equals(ROOTLESS)).forEach(ordered::add);
    return ordered;
  }

  /** Fits the options to a backend; a backend that throws is treated as unusable. */
  static OptionFit fitOptions(OverlayBackend backend, OverlaySpec spec) {
    try {
      Optional<String> unavailable = backend.whyUnavailable().map(Problem::toString);
      return unavailable.isPresent()
          ? new OptionFit(spec, unavailable)
          : OptionFit.of(backend, spec);
    } catch (RuntimeException | LinkageError e) {
      return new OptionFit(
          spec, Optional.of("it failed when it was checked: " + e + ". Report it to its author."));
    }
  }
}
