package dev.overlays.testkit.memory;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.hiding.HidingRecord;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.instance.EphemeralView;
import dev.overlays.instance.InstanceDirectories;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.union.UnionFileSystems;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The backend {@code in-memory}, whose views exist inside this JVM only. It serves layers of every
 * provider that a {@link LayerStore} serves: {@code Overlays.mount(spec)} works in a unit test with
 * layers in jimfs. Layers of the default provider it serves only for callers that name it, since no
 * other program would see the view.
 *
 * <p>A view is visible at {@link OverlayMount#root()} only; the mount point stays an empty
 * directory. A view ends with the JVM at the latest.
 */
public final class InMemoryBackend implements OverlayBackend {
  static final String NAME = "in-memory";

  /** Creates the backend. */
  public InMemoryBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Optional<Problem> whyUnavailable() {
    return Optional.empty();
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    for (Path path : spec.requiredPaths()) {
      try {
        LayerStore.of(path);
      } catch (OverlayException e) {
        return Optional.of(e.problems().get(0));
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<Problem> declinesByDefault(OverlaySpec spec) {
    for (Path path : spec.requiredPaths()) {
      if (path.getFileSystem() == FileSystems.getDefault()) {
        return Optional.of(
            Problem.of(
                ProblemCode.PATH_PROVIDER_UNSUPPORTED,
                path,
                "The in-memory backend shows real directories only to a caller who names it.",
                "Name it: Overlays.mount(spec, \"" + NAME + "\"). Only this JVM sees its views."));
      }
    }
    return whyDeclined(spec);
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    if (whyDeclined(spec).isPresent()) {
      return List.of();
    }
    List<Problem> problems = SpecCheck.findProblems(spec);
    return problems.isEmpty() ? LayerFit.findProblems(spec) : problems;
  }

  /** Mounts one view at a time, so that two cannot take the same mount point. */
  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    synchronized (InMemoryMount.ALL) {
      List<Problem> problems = SpecCheck.findProblems(spec);
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      OverlayMount mount =
          spec.ephemeral().isPresent()
              ? EphemeralView.mountOver(
                  spec, InMemoryUpper.createUpper(spec), given -> mountHolding(given, spec))
              : mountHolding(spec, spec);
      InMemoryMount.ALL.add(mount);
      return mount;
    }
  }

  /**
   * Mounts a spec, and holds the layers of another one: the upper of an ephemeral view is of
   * another store, and need not be held, since nobody else knows it.
   */
  private static OverlayMount mountHolding(OverlaySpec spec, OverlaySpec held)
      throws OverlayException {
    return InstanceDirectories.mountIn(spec, List::of, whole -> openHolding(whole, held));
  }

  private static InMemoryMount openHolding(OverlaySpec spec, OverlaySpec held)
      throws OverlayException {
    Closeable hold = LayerStore.of(held.upper().orElse(held.lowers().get(0))).hold(held);
    try {
      LayerStore store = LayerStore.of(spec.upper().orElse(spec.lowers().get(0)));
      return openView(spec, store, hold);
    } catch (IOException | RuntimeException e) {
      OverlayException told = e instanceof OverlayException known ? known : notOpened(spec, e);
      try {
        hold.close();
      } catch (IOException f) {
        told.addSuppressed(f);
      }
      throw told;
    }
  }

  private static InMemoryMount openView(OverlaySpec spec, LayerStore store, Closeable hold)
      throws IOException {
    HidingRecord hidden = PrivatePaths.hide(spec, store);
    try {
      return InMemoryMount.of(spec, UnionFileSystems.open(spec), hold);
    } catch (IOException | RuntimeException e) {
      hidden.undo(spec, store);
      throw e;
    }
  }

  private static OverlayException notOpened(OverlaySpec spec, Exception cause) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.LAYER_NOT_ACCESSIBLE,
                spec.lowers().get(0),
                "A layer of the view cannot be opened: " + cause + ".",
                "Give this process the right to read the layers and to write the upper.")),
        cause);
  }

  @Override
  public List<OverlayMount> mounted() {
    synchronized (InMemoryMount.ALL) {
      InMemoryMount.forgetClosed();
      return List.copyOf(InMemoryMount.ALL);
    }
  }
}
