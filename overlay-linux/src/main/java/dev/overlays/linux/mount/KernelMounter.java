package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.instance.EphemeralView;
import dev.overlays.instance.InstanceDirectories;
import dev.overlays.linux.context.LayerPassing;
import dev.overlays.linux.machines.LockKeepers;
import dev.overlays.linux.preflight.LayerMountCheck;
import dev.overlays.linux.preflight.Preflight;
import dev.overlays.linux.preflight.ProviderPathCheck;
import dev.overlays.linux.runtime.ProcessDirectory;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.NativeAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Mounts a spec. It mounts first, and searches for the reason only if the kernel refuses, so that
 * successful mounts do not pay for the checks.
 */
public final class KernelMounter {
  /** Codes of failures for which a check may name a better reason. */
  private static final Set<ProblemCode> UNEXPLAINED =
      Set.of(ProblemCode.OPTION_NOT_IN_FORCE, ProblemCode.LAYER_LOCKED);

  private final OverlaySpec spec;

  /** Read before a failed attempt is undone, because undoing it adds lines to the log, too. */
  private Optional<KernelLog> log = Optional.empty();

  private List<String> logged = List.of();

  private KernelMounter(OverlaySpec spec) {
    this.spec = spec;
  }

  /**
   * Lists what would make a mount fail.
   *
   * @param spec what is to be mounted
   * @return the problems, the most important first; empty if this machine cannot mount at all, or
   *     the paths belong to another provider
   */
  public static List<Problem> checkSpec(OverlaySpec spec) {
    if (NativeAccess.accessProblem().isPresent()
        || ProviderPathCheck.foreignAmong(spec.requiredPaths()).isPresent()) {
      return List.of();
    }
    List<Problem> problems = findProblems(Preflight.withUsableMarks(spec));
    return problems.isEmpty() ? LayerFit.findProblems(spec) : problems;
  }

  private static List<Problem> findProblems(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    DetachedTree.findObstacle(spec).ifPresent(problems::add);
    problems.addAll(Preflight.of(spec));
    LayerMountCheck.checkLayers(spec, problems);
    DataOptionSupport.checkOptions(spec, problems);
    return problems;
  }

  /**
   * Mounts a spec.
   *
   * @param spec what to mount, on paths of the default provider
   * @return the mount; its spec has {@code userXattr} where only that works
   * @throws OverlayException if it cannot be mounted; nothing is left behind then
   */
  public static OverlayMount mountView(OverlaySpec spec) throws OverlayException {
    return mountPrepared(Preflight.withUsableMarks(spec));
  }

  private static OverlayMount mountPrepared(OverlaySpec spec) throws OverlayException {
    if (spec.ephemeral().isPresent()) {
      return UnlistedMounts.addMount(
          EphemeralView.mountOver(
              spec,
              EphemeralUpperFactory.createUpper(spec),
              effective -> new KernelMounter(effective).mountView()));
    }
    OverlayMount mount = new KernelMounter(spec).mountView();
    return spec.mountPoint().isPresent() ? mount : UnlistedMounts.addMount(mount);
  }

  private OverlayMount mountView() throws OverlayException {
    // Without lambdas where they exist: each takes a millisecond of the first mount.
    return InstanceDirectories.allExist(spec)
        ? mountOrExplain()
        : InstanceDirectories.mountIn(spec, () -> findProblems(spec), ignored -> mountOrExplain());
  }

  private OverlayMount mountOrExplain() throws OverlayException {
    try {
      return attemptMount();
    } catch (OverlayException e) {
      throw VagueFailure.explained(e, UNEXPLAINED, () -> findProblems(spec));
    } catch (IOException e) {
      OverlayException reason = explainRefusal(e);
      if (!reason.has(ProblemCode.KERNEL_REFUSED)) {
        throw reason;
      }
    }
    // No check explains it. Mount once more, and read the reason in the kernel's log.
    try (KernelLog fromNow = KernelLog.openAtEnd()) {
      log = Optional.of(fromNow);
      return attemptMount();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(KernelReason.of(spec, e, logged)), e);
    }
  }

  private OverlayException explainRefusal(IOException failure) {
    List<Problem> problems = findProblems(spec);
    return new OverlayException(
        problems.isEmpty() ? List.of(KernelReason.of(spec, failure, List.of())) : problems,
        failure);
  }

  private OverlayMount attemptMount() throws IOException {
    if (spec.mountPoint().isPresent()) {
      return mountAttached(spec.mountPoint().get().toAbsolutePath(), false);
    }
    if (spec.isUnattached()) {
      return mountUnattached();
    }
    Path place = ProcessDirectory.createMountPoint("view");
    try {
      return mountAttached(place, true);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(place);
      throw e;
    }
  }

  private OverlayMount mountAttached(Path place, boolean own) throws IOException {
    try (LayerHandles handles = LayerHandles.open(spec, Optional.of(place))) {
      return mountOrUndo(handles, Optional.of(place), own);
    }
  }

  private OverlayMount mountAttached(Path place, boolean own, LayerHandles handles)
      throws IOException {
    LockKeepers keepers = handles.machineLocks().startKeepers(place);
    try {
      return mountAttached(place, own, handles, keepers);
    } catch (IOException | RuntimeException | Error e) {
      keepers.end();
      throw e;
    }
  }

  private OverlayMount mountAttached(
      Path place, boolean own, LayerHandles handles, LockKeepers keepers) throws IOException {
    ContextMount context = new ContextMount(LayerPassing.ofThisKernel(), spec, handles);
    FileId id =
        context.fitsChannel()
            ? context.mountAttached()
            : new DataMount(spec, handles).mountOverlay();
    KernelMount mount = new KernelMount(spec, place, id, own, keepers);
    try {
      keepers.tellMounted(id);
      List<Problem> problems = OptionsInForce.findProblems(spec, id);
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      return mount;
    } catch (IOException | RuntimeException | Error e) {
      mount.close();
      throw e;
    }
  }

  /** Keeps the handles open: their locks keep merges away, since no mount table shows the view. */
  private OverlayMount mountUnattached() throws IOException {
    Optional<Problem> obstacle = DetachedTree.findObstacle(spec);
    if (obstacle.isPresent()) {
      throw new OverlayException(obstacle.get());
    }
    LayerHandles handles = LayerHandles.open(spec, Optional.empty());
    try {
      return mountOrUndo(handles, Optional.empty(), false);
    } catch (IOException | RuntimeException | Error e) {
      handles.close();
      throw e;
    }
  }

  private OverlayMount mountUnattached(LayerHandles handles) throws IOException {
    ContextMount context = new ContextMount(LayerPassing.ofThisKernel(), spec, handles);
    try (Descriptor view = context.createMount()) {
      List<Problem> problems = UnattachedOptions.findProblems(spec, view, handles);
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      FileId id = FileId.of(view);
      return new UnattachedMount(spec, DetachedTree.createHolding(view), id, handles);
    }
  }

  /** Mounts at a place, which this library may have made, or nowhere. */
  private OverlayMount mountOrUndo(LayerHandles handles, Optional<Path> place, boolean own)
      throws IOException {
    handles.lockAndCheckLayers();
    FuseUpperConversion.convertIfMarked(spec, handles);
    KernelTraces traces = KernelTraces.recordBeforeMount(spec, handles);
    GuardedMounting guard = GuardedMounting.begin(spec);
    try {
      if (log.isPresent()) {
        // Skip the lines of the checks; they are not about this mount.
        log.get().newLines();
      }
      return place.isPresent()
          ? mountAttached(place.get(), own, handles)
          : mountUnattached(handles);
    } catch (IOException | RuntimeException | Error e) {
      guard.undo(
          e,
          () -> {
            logged = log.map(KernelLog::newLines).orElse(List.of());
            traces.removeTraces(spec, handles);
          });
      throw e;
    }
  }
}
