package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.Channel;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.preflight.Preflight;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.spi.EphemeralView;
import dev.overlays.spi.HiddenPaths;
import dev.overlays.spi.InstanceDirectories;
import dev.overlays.spi.LayerStore;
import dev.overlays.spi.PrivatePaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Mounts a spec. The kernel is asked first, and only when it refuses the reason is looked for: a
 * mount that succeeds does not pay for the questions.
 */
public final class Mounter {
  private static final LayerStore STORE = new NativeLayerStore();

  private final OverlaySpec spec;

  private Mounter(OverlaySpec spec) {
    this.spec = spec;
  }

  /**
   * Mounts a spec.
   *
   * @param spec what to mount, on paths of the default provider
   * @return the mount
   * @throws OverlayException if it cannot be mounted; nothing is left behind then
   */
  public static OverlayMount mount(OverlaySpec spec) throws OverlayException {
    if (spec.ephemeral().isPresent()) {
      return LiveMounts.add(
          EphemeralView.mount(
              spec, EphemeralPlace.of(spec), effective -> new Mounter(effective).mount()));
    }
    OverlayMount mount = new Mounter(spec).mount();
    return spec.mountPoint().isPresent() ? mount : LiveMounts.add(mount);
  }

  private OverlayMount mount() throws OverlayException {
    if (!InstanceDirectories.areThere(spec)) {
      List<Problem> problems = Preflight.of(spec);
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
    }
    try (InstanceDirectories directories = InstanceDirectories.create(spec)) {
      OverlayMount mount = mountOrExplain();
      directories.keep();
      return mount;
    }
  }

  private OverlayMount mountOrExplain() throws OverlayException {
    try {
      return attempt();
    } catch (OverlayException e) {
      // A mount that was undone may have a reason that can be named, now that nothing is locked.
      boolean unexplained =
          e.has(ProblemCode.OPTION_NOT_IN_FORCE) || e.has(ProblemCode.LAYER_LOCKED);
      List<Problem> reasons = unexplained ? Preflight.of(spec) : List.of();
      throw reasons.isEmpty() ? e : new OverlayException(reasons, e);
    } catch (IOException e) {
      OverlayException reason = refused(e);
      if (!reason.has(ProblemCode.KERNEL_REFUSED)) {
        throw reason;
      }
    }
    // Nothing that can be asked for; the kernel tells its log why, so it is asked once more.
    try (KernelLog log = KernelLog.fromNow()) {
      try {
        return attempt();
      } catch (OverlayException e) {
        throw e;
      } catch (IOException e) {
        throw new OverlayException(List.of(KernelReason.of(spec, e, log.lines())), e);
      }
    }
  }

  private OverlayException refused(IOException failure) {
    List<Problem> problems = Preflight.of(spec);
    return new OverlayException(
        problems.isEmpty() ? List.of(KernelReason.of(spec, failure, List.of())) : problems,
        failure);
  }

  /** The handles of a private mount stay open: no mount table keeps merges away from its layers. */
  private OverlayMount attempt() throws IOException {
    LayerHandles handles = LayerHandles.open(spec);
    try {
      OverlayMount mount = attempt(handles);
      if (spec.mountPoint().isPresent()) {
        handles.close();
      }
      return mount;
    } catch (IOException | RuntimeException e) {
      handles.close();
      throw e;
    }
  }

  private OverlayMount attempt(LayerHandles handles) throws IOException {
    handles.secure();
    SettledUpper.settle(spec, STORE);
    HiddenPaths hidden = PrivatePaths.hide(spec, STORE);
    KernelTraces traces = KernelTraces.before(spec, handles);
    try {
      ContextMount context = new ContextMount(Channel.ofThisKernel(), spec, handles);
      return spec.mountPoint().isPresent() ? attached(context, handles) : alone(context, handles);
    } catch (IOException e) {
      traces.remove(spec, handles);
      showAgain(hidden, handles, e);
      throw e;
    }
  }

  private OverlayMount attached(ContextMount context, LayerHandles handles) throws IOException {
    FileId id = context.fits() ? context.mount() : new DataMount(spec, handles).mount();
    KernelMount mount = new KernelMount(spec, root(), id);
    List<Problem> problems = OptionsInForce.problems(spec, id);
    if (!problems.isEmpty()) {
      mount.close();
      throw new OverlayException(problems);
    }
    return mount;
  }

  private OverlayMount alone(ContextMount context, LayerHandles handles) throws IOException {
    if (!context.fits()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYERS_TOO_LONG,
              "The names of the layers are too long for a private view on this kernel.",
              "Use shorter paths or a mount point, or a newer kernel (6.13 has no such limit)."));
    }
    Descriptor root = context.create();
    try {
      List<Problem> problems = PrivateOptions.problems(spec, root, handles);
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      return PrivateMount.of(KernelMount.BACKEND, spec, root, handles);
    } catch (IOException | RuntimeException e) {
      root.close();
      throw e;
    }
  }

  /** Not while a mount that could not be undone still uses the upper. */
  private void showAgain(HiddenPaths hidden, LayerHandles handles, IOException failure) {
    if (spec.privatePaths().isEmpty() || InUseProbe.inUse(handles.upper().orElseThrow())) {
      return;
    }
    try {
      hidden.show(spec, STORE);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private Path root() {
    return spec.mountPoint().orElseThrow().toAbsolutePath();
  }
}
