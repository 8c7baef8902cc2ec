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
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.spi.HiddenPaths;
import dev.overlays.spi.InstanceDirectories;
import dev.overlays.spi.LayerStore;
import dev.overlays.spi.PrivatePaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    return new Mounter(spec).mount();
  }

  private OverlayMount mount() throws OverlayException {
    if (spec.mountPoint().isEmpty()) {
      throw refused(null);
    }
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
      List<Problem> reasons =
          e.has(ProblemCode.OPTION_NOT_IN_FORCE) ? Preflight.of(spec) : List.of();
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

  private OverlayMount attempt() throws IOException {
    try (LayerHandles handles = LayerHandles.open(spec)) {
      if (!handles.secure()) {
        throw new IOException("a layer or the mount point was in use a moment ago");
      }
      HiddenPaths hidden = PrivatePaths.hide(spec, STORE);
      KernelTraces traces = KernelTraces.before(spec, handles);
      try {
        ContextMount context = new ContextMount(Channel.ofThisKernel(), spec, handles);
        FileId id = context.fits() ? context.mount() : new DataMount(spec, handles).mount();
        KernelMount mount = new KernelMount(spec, root(), id);
        verify(mount, id);
        return mount;
      } catch (IOException e) {
        traces.remove(spec, handles);
        showAgain(hidden, handles, e);
        throw e;
      }
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

  /** Undoes a mount that is not what was asked for. */
  private void verify(KernelMount mount, FileId id) throws OverlayException {
    List<Problem> problems;
    try {
      Optional<MountRecord> record = MountTable.find(id);
      problems = record.map(r -> OptionsInForce.differences(spec, r)).orElse(List.of());
    } catch (IOException e) {
      // Where no mount table can be read there is nothing to compare with.
      return;
    }
    if (!problems.isEmpty()) {
      mount.close();
      throw new OverlayException(problems);
    }
  }
}
