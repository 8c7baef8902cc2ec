package dev.overlays.testkit.junit;

import dev.overlays.InvalidSpecException;
import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Makes views of one directory with the best backend, or copies if there is no usable backend. */
final class ViewMaker {
  private static final System.Logger LOG = System.getLogger("dev.overlays.testkit");

  private final Path lower;
  private final Supplier<List<OverlayBackend>> backends;
  private final Map<ViewRequest, ViewBackend> choices = new ConcurrentHashMap<>();

  ViewMaker(Path lower, Supplier<List<OverlayBackend>> backends) {
    this.lower = lower;
    this.backends = backends;
  }

  static ViewMaker of(Path lower) {
    return new ViewMaker(lower, Overlays::backends);
  }

  FreshView newView(ViewRequest request) throws IOException {
    Path directory = newDirectory();
    return FreshView.of(
        directory, request.specFor(lower, directory), spec -> mountView(spec, request));
  }

  private Path newDirectory() throws IOException {
    String prefix = "overlays-view";
    return lower.getFileSystem() == FileSystems.getDefault()
        ? Files.createTempDirectory(prefix)
        : Files.createTempDirectory(lower.getRoot(), prefix);
  }

  private OverlayMount mountView(OverlaySpec spec, ViewRequest request) throws IOException {
    String named = request.backend();
    if (named.isEmpty()) {
      named = System.getProperty(Overlays.BACKEND_PROPERTY, "");
    }
    if (!named.isEmpty()) {
      String backend = named;
      makeDirectories(spec);
      return mountQuickest(adaptTo(spec, backend), wanted -> Overlays.mount(wanted, backend));
    }
    ViewBackend choice = choiceFor(spec, request);
    if (choice.backend().isEmpty()) {
      return CopiedView.of(spec);
    }
    makeDirectories(spec);
    OverlaySpec wanted = spec.toBuilder().options(defaults -> choice.options()).build();
    return mountQuickest(wanted, choice.backend().get()::mount);
  }

  /** Fits a spec to a named backend; if there is no such backend, mounting fails. */
  private OverlaySpec adaptTo(OverlaySpec spec, String backend) {
    return backends.get().stream()
        .filter(known -> known.name().equals(backend))
        .findFirst()
        .map(known -> ViewBackend.fitOptions(known, spec).spec())
        .orElse(spec);
  }

  /** Chooses a backend once per request, and logs once if there is none. */
  private ViewBackend choiceFor(OverlaySpec spec, ViewRequest request) {
    ViewBackend known = choices.get(request);
    if (known != null) {
      return known;
    }
    ViewBackend made = ViewBackend.chooseAmong(backends.get(), spec, request.nioOnly());
    ViewBackend first = choices.putIfAbsent(request, made);
    if (first == null && made.backend().isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "each test gets a copy of {0}. Any of these would avoid that:\n  {1}",
          lower,
          String.join("\n  ", made.refusals()));
    }
    return first == null ? made : first;
  }

  /**
   * Makes the directories of the view, so that no backend has to check whether it may make them.
   * The root of a view shows the attributes of the upper, which are copied from the lower as far as
   * this user may set them.
   */
  private void makeDirectories(OverlaySpec spec) throws IOException {
    Path upper = Files.createDirectory(spec.upper().orElseThrow());
    Files.createDirectory(spec.work().orElseThrow());
    Files.createDirectory(spec.mountPoint().orElseThrow());
    try (LayerDirectory from = LayerStore.of(lower).open(lower);
        LayerDirectory to = LayerStore.of(upper).open(upper)) {
      AttributeCopy.copyAllowedAttributes(from, Name.SELF, to, Name.SELF, MarkNamespace.TRUSTED);
    }
  }

  /**
   * Mounts with the quickest options, and drops options that the backend reports as unsupported.
   */
  private static OverlayMount mountQuickest(OverlaySpec spec, FreshView.ViewMounting mounting)
      throws IOException {
    OverlaySpec wanted = spec;
    while (true) {
      try {
        return mounting.mount(wanted);
      } catch (OverlayException e) {
        Optional<OverlayOptions> possible =
            OptionFit.possibleOptions(wanted.options(), e.problems());
        if (possible.isEmpty()) {
          throw e;
        }
        wanted = withOptions(wanted, possible.get(), e);
      }
    }
  }

  private static OverlaySpec withOptions(
      OverlaySpec refused, OverlayOptions possible, OverlayException refusal)
      throws OverlayException {
    try {
      return refused.toBuilder().options(defaults -> possible).build();
    } catch (InvalidSpecException e) {
      refusal.addSuppressed(e);
      throw refusal;
    }
  }
}
