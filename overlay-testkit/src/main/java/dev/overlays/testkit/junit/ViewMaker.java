package dev.overlays.testkit.junit;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import dev.overlays.spi.OverlayBackend;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Makes views of one directory with the best backend, or copies where there is none. */
final class ViewMaker {
  private static final System.Logger LOG = System.getLogger("dev.overlays.testkit");

  private final Path lower;
  private final Supplier<List<OverlayBackend>> backends;
  private final AtomicBoolean told = new AtomicBoolean();

  ViewMaker(Path lower, Supplier<List<OverlayBackend>> backends) {
    this.lower = lower;
    this.backends = backends;
  }

  static ViewMaker of(Path lower) {
    return new ViewMaker(lower, Overlays::backends);
  }

  FreshView view(String backend) throws IOException {
    Path directory = newDirectory();
    try {
      OverlaySpec spec =
          OverlaySpec.builder()
              .lower(lower)
              .instance(directory)
              .options(options -> options.withVolatileUpper(true))
              .build();
      return new FreshView(directory, mount(spec, backend));
    } catch (IOException | RuntimeException | Error e) {
      Discard.tree(directory);
      throw e;
    }
  }

  private Path newDirectory() throws IOException {
    String prefix = "overlays-view";
    return lower.getFileSystem() == FileSystems.getDefault()
        ? Files.createTempDirectory(prefix)
        : Files.createTempDirectory(lower.getRoot(), prefix);
  }

  /**
   * Makes the directories of the view, so that no backend has to look whether it may. The root of a
   * view has the attributes of its upper: those of the lower, as far as this user may give them.
   */
  private void prepare(OverlaySpec spec) throws IOException {
    Path upper = Files.createDirectory(spec.upper().orElseThrow());
    Files.createDirectory(spec.work().orElseThrow());
    Files.createDirectory(spec.mountPoint().orElseThrow());
    try (LayerDirectory from = LayerStore.of(lower).open(lower);
        LayerDirectory to = LayerStore.of(upper).open(upper)) {
      AttributeCopy.copyAllowed(from, Name.SELF, to, Name.SELF, MarkNamespace.TRUSTED);
    }
  }

  private OverlayMount mount(OverlaySpec spec, String backend) throws IOException {
    if (!backend.isEmpty()) {
      return quickest(spec, wanted -> Overlays.mount(wanted, backend));
    }
    if (System.getProperty(Overlays.BACKEND_PROPERTY) == null) {
      List<String> reasons = new ArrayList<>();
      if (!usable(spec, reasons)) {
        if (!told.getAndSet(true)) {
          LOG.log(
              System.Logger.Level.WARNING,
              "no backend can make views of {0}, so each test gets a copy of it: {1}",
              lower,
              reasons);
        }
        return CopiedView.of(spec);
      }
    }
    return quickest(spec, Overlays::mount);
  }

  private boolean usable(OverlaySpec spec, List<String> reasons) {
    for (OverlayBackend backend : backends.get()) {
      Optional<String> reason = unusable(backend, spec);
      if (reason.isEmpty()) {
        return true;
      }
      reasons.add(backend.name() + ": " + reason.get());
    }
    if (reasons.isEmpty()) {
      reasons.add("there is none on the class path or module path");
    }
    return false;
  }

  /** A backend that fails when it is asked is no better than none. */
  private static Optional<String> unusable(OverlayBackend backend, OverlaySpec spec) {
    try {
      return backend.unavailable().or(() -> backend.declinesUnnamed(spec)).map(Problem::toString);
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(e.toString());
    }
  }

  /** How a spec is mounted. */
  @FunctionalInterface
  private interface Mounting {
    OverlayMount mount(OverlaySpec spec) throws OverlayException;
  }

  /** Asks for the quickest view, and for less as long as the backend names what it cannot do. */
  private OverlayMount quickest(OverlaySpec spec, Mounting mounting) throws IOException {
    prepare(spec);
    OverlaySpec wanted = spec;
    while (true) {
      try {
        return mounting.mount(wanted);
      } catch (OverlayException e) {
        OverlayOptions possible = possible(wanted.options(), e);
        if (possible.equals(wanted.options())) {
          throw e;
        }
        wanted = wanted.toBuilder().options(possible).build();
      }
    }
  }

  /** Not every backend can do without sync, and without root's rights marks are the user's. */
  private static OverlayOptions possible(OverlayOptions wanted, OverlayException refusal) {
    boolean unsupported =
        refusal.has(ProblemCode.OPTION_UNSUPPORTED) || refusal.has(ProblemCode.OPTION_NOT_IN_FORCE);
    return wanted
        .withVolatileUpper(wanted.volatileUpper() && !unsupported)
        .withUserXattr(wanted.userXattr() || refusal.has(ProblemCode.USERXATTR_REQUIRED));
  }
}
