package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.instance.EphemeralView;
import dev.overlays.instance.InstanceDirectories;
import dev.overlays.linux.mount.LayerHandles;
import dev.overlays.linux.mount.UnlistedMounts;
import dev.overlays.linux.mount.VagueFailure;
import dev.overlays.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Mounts a spec in a namespace. Like the kernel backend it mounts first, and searches for the
 * reason only if that fails.
 */
public final class RootlessMounter {
  /** Codes of failures for which a check may name a better reason. */
  private static final Set<ProblemCode> UNEXPLAINED =
      EnumSet.of(
          ProblemCode.KERNEL_REFUSED,
          ProblemCode.LAYER_LOCKED,
          ProblemCode.OPTION_NOT_IN_FORCE,
          ProblemCode.EPHEMERAL_UPPER_NOT_CREATED);

  private final OverlaySpec spec;

  private final RootlessEphemeralUpper.UpperFactory uppers;

  private RootlessMounter(OverlaySpec spec, RootlessEphemeralUpper.UpperFactory uppers) {
    this.spec = spec;
    this.uppers = uppers;
  }

  /**
   * Mounts a spec.
   *
   * @param spec what to mount, on paths of the default provider
   * @return the mount
   * @throws OverlayException if it cannot be mounted; nothing is left behind then
   */
  public static OverlayMount mountView(OverlaySpec spec) throws OverlayException {
    return mountView(spec, RootlessEphemeralUpper::create);
  }

  /** Mounts a spec; its upper, if ephemeral, is created by the given factory. */
  static OverlayMount mountView(OverlaySpec spec, RootlessEphemeralUpper.UpperFactory uppers)
      throws OverlayException {
    return new RootlessMounter(spec, uppers).mountView();
  }

  private OverlayMount mountView() throws OverlayException {
    RootlessMount.releaseGoneViews();
    Optional<Problem> impossible = RootlessCheck.impossibleProblem(spec);
    if (impossible.isPresent()) {
      throw new OverlayException(impossible.get());
    }
    return InstanceDirectories.mountIn(
        spec, () -> RootlessCheck.of(spec), ignored -> mountOrExplain());
  }

  private OverlayMount mountOrExplain() throws OverlayException {
    try {
      return mountInNamespace();
    } catch (OverlayException e) {
      throw VagueFailure.explained(e, UNEXPLAINED, () -> RootlessCheck.of(spec));
    } catch (IOException e) {
      List<Problem> reasons = RootlessCheck.of(spec);
      throw new OverlayException(reasons.isEmpty() ? List.of(refusedProblem(e)) : reasons, e);
    }
  }

  private Problem refusedProblem(IOException failure) {
    String words = failure.getMessage();
    return new Problem(
        ProblemCode.KERNEL_REFUSED,
        spec.mountPoint(),
        "The kernel refuses to mount: " + words + ".",
        "Look at the end of the kernel's log (dmesg), and report this: no reason was found"
            + " beforehand.");
  }

  private OverlayMount mountInNamespace() throws IOException {
    List<NeededPath> needed = neededPaths();
    Optional<NeededPath> mountPoint = Optional.empty();
    if (spec.mountPoint().isPresent()) {
      mountPoint = Optional.of(NeededPath.of(spec.mountPoint().get()));
      needed.add(mountPoint.get());
    }
    SharedNamespace.NamespaceLease lease = SharedNamespace.leaseNamespace(needed);
    try {
      refuseUnlessSeen(lease.leasedNamespace(), needed);
      return mountAt(mountPoint, lease);
    } catch (IOException | RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  private OverlayMount mountAt(
      Optional<NeededPath> mountPoint, SharedNamespace.NamespaceLease lease) throws IOException {
    Optional<MountPointClaim> claim = Optional.empty();
    if (mountPoint.isPresent()) {
      claim =
          Optional.of(
              MountPointClaim.claimMountPoint(mountPoint.get().given(), mountPoint.get().real()));
    }
    try {
      return mountAt(claim, ViewPlace.createPlace(lease.leasedNamespace()), lease);
    } catch (IOException | RuntimeException | Error e) {
      claim.ifPresent(MountPointClaim::close);
      throw e;
    }
  }

  private OverlayMount mountAt(
      Optional<MountPointClaim> mountPoint, ViewPlace place, SharedNamespace.NamespaceLease lease)
      throws IOException {
    MountFactory making =
        (attempt, layers) ->
            new RootlessMount(attempt, lease, mountPoint, attempt.mountOverlay(layers), layers);
    try {
      return UnlistedMounts.addMount(mountView(place, lease, making));
    } catch (IOException | RuntimeException | Error e) {
      place.removeDirectories();
      throw e;
    }
  }

  /** Makes the handle of an attempt's mount. */
  @FunctionalInterface
  private interface MountFactory {
    RootlessMount makeMount(MountAttempt attempt, LayerHandles layers) throws IOException;
  }

  private OverlayMount mountView(
      ViewPlace place, SharedNamespace.NamespaceLease lease, MountFactory making)
      throws OverlayException {
    if (spec.ephemeral().isEmpty()) {
      return attemptMount(new MountAttempt(spec, place, Optional.empty()), making);
    }
    RootlessEphemeralUpper upper = uppers.createUpper(spec, place, lease);
    return EphemeralView.mountOver(
        spec,
        upper.directories(),
        whole -> attemptMount(new MountAttempt(whole, place, upper.memory()), making));
  }

  private OverlayMount attemptMount(MountAttempt attempt, MountFactory making)
      throws OverlayException {
    try {
      LayerHandles layers = LayerHandles.open(attempt.viewSpec());
      RootlessMount mount;
      try {
        mount = making.makeMount(attempt, layers);
      } catch (IOException | RuntimeException | Error e) {
        layers.close();
        throw e;
      }
      return showOrUnmount(mount);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(refusedProblem(e)), e);
    }
  }

  private static OverlayMount showOrUnmount(RootlessMount mount) throws OverlayException {
    try {
      mount.showAtMountPoint();
      return mount;
    } catch (OverlayException | RuntimeException | Error e) {
      mount.close(UnmountOptions.lazily());
      throw e;
    }
  }

  private Optional<Path> parentOfEphemeralUpper() {
    return spec.ephemeral()
        .filter(Ephemeral.Directory.class::isInstance)
        .map(place -> ((Ephemeral.Directory) place).parent());
  }

  private List<NeededPath> neededPaths() throws IOException {
    List<NeededPath> needed = new ArrayList<>();
    for (Path lower : spec.lowers()) {
      needed.add(NeededPath.of(lower));
    }
    for (Optional<Path> layer : List.of(spec.upper(), spec.work(), parentOfEphemeralUpper())) {
      if (layer.isPresent()) {
        needed.add(NeededPath.of(layer.get()));
      }
    }
    return needed;
  }

  /**
   * Refuses paths that lead elsewhere in the namespace, since other directories would be mounted.
   */
  private static void refuseUnlessSeen(UserNamespace namespace, List<NeededPath> paths)
      throws OverlayException {
    for (NeededPath path : paths) {
      if (!path.isSeenIn(namespace)) {
        throw new OverlayException(
            Problem.of(
                ProblemCode.LAYER_NOT_ACCESSIBLE,
                path.given(),
                "In a namespace of its own another process sees something else at this path.",
                "Name the directory by a path that is the same for all processes; over another"
                    + " view of this process, mount with a mount point."));
      }
    }
  }
}
