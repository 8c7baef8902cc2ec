package dev.overlays.testkit.copying;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.hiding.HidingRecord;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.instance.InstanceDirectories;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A backend that is written from the documentation of the SPI alone, as an outside author would: a
 * view is a plain copy in the work directory, and its differences from the lowers become the upper
 * when it is closed. It works for paths of any provider, and for small trees. The view is visible
 * in the work directory, not at the mount point, and its users cannot be named.
 */
public final class CopyBackend implements OverlayBackend {
  static final MarkNamespace MARKS = MarkNamespace.USER;
  private static final Name VIEW = Name.of("view");

  /** All mounted views; also the lock for mounting and unmounting. */
  static final List<CopyMount> LIVE = new ArrayList<>();

  /** Creates the backend. */
  public CopyBackend() {}

  @Override
  public String name() {
    return "copy";
  }

  @Override
  public int priority() {
    return 1;
  }

  @Override
  public Optional<Problem> whyUnavailable() {
    return Optional.empty();
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    Path first = spec.lowers().get(0);
    for (Path path : spec.requiredPaths()) {
      try {
        LayerStore.of(path);
      } catch (OverlayException e) {
        return Optional.of(e.problems().get(0));
      }
      if (path.getFileSystem() != first.getFileSystem()) {
        return Optional.of(
            Problem.of(
                ProblemCode.PATH_PROVIDER_UNSUPPORTED,
                path,
                "The path is of another file system than the first lower.",
                "Use layers of one provider."));
      }
    }
    return Optional.empty();
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    synchronized (LIVE) {
      return whyDeclined(spec).isPresent() ? List.of() : CopyCheck.findProblems(spec);
    }
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    synchronized (LIVE) {
      List<Problem> problems = check(spec);
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      try (UndoSteps undo = new UndoSteps()) {
        CopyMount mount = mountCopy(spec, undo);
        undo.forgetSteps();
        LIVE.add(mount);
        return mount;
      } catch (OverlayException e) {
        throw e;
      } catch (IOException e) {
        throw new OverlayException(
            List.of(
                Problem.of(
                    ProblemCode.DIRECTORY_NOT_CREATED,
                    spec.work().orElseThrow(),
                    "The layers cannot be copied: " + e + ".",
                    "Look at the cause.")),
            e);
      }
    }
  }

  private static CopyMount mountCopy(OverlaySpec spec, UndoSteps undo) throws IOException {
    Path workPath = spec.work().orElseThrow();
    LayerStore store = LayerStore.of(workPath);
    InstanceDirectories made = InstanceDirectories.createMissing(spec);
    undo.addStep(made::close);
    Closeable hold = store.hold(spec);
    undo.addStep(hold);
    HidingRecord hidden = PrivatePaths.hide(spec, store);
    undo.addStep(() -> hidden.undo(spec, store));
    List<Path> layers = new ArrayList<>();
    layers.add(spec.upper().orElseThrow());
    layers.addAll(spec.lowers());
    try (MergedDirectory merged = MergedDirectory.openLayers(store, layers);
        LayerDirectory work = store.open(workPath)) {
      LayerEntries.removeTree(work, VIEW);
      undo.addStep(() -> removeView(store, workPath));
      work.createDirectory(VIEW);
      try (LayerDirectory view = work.open(VIEW)) {
        TreeCopy.copyContent(merged, view);
      }
    }
    return new CopyMount(spec, store, workPath.toAbsolutePath().resolve("view"), hold);
  }

  static void removeView(LayerStore store, Path workPath) throws IOException {
    try (LayerDirectory work = store.open(workPath)) {
      LayerEntries.removeTree(work, VIEW);
    }
  }

  @Override
  public List<OverlayMount> mounted() {
    synchronized (LIVE) {
      return List.copyOf(LIVE);
    }
  }

  /** Reverts the steps of a failed mount, the last one first. */
  static final class UndoSteps implements Closeable {
    private final Deque<Closeable> steps = new ArrayDeque<>();

    void addStep(Closeable step) {
      steps.push(step);
    }

    void forgetSteps() {
      steps.clear();
    }

    @Override
    public void close() throws IOException {
      while (!steps.isEmpty()) {
        steps.pop().close();
      }
    }
  }
}
