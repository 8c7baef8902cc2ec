package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.mount.LayerHandles;
import dev.overlays.linux.mount.LiveMounts;
import dev.overlays.linux.namespace.Namespace;
import dev.overlays.spi.EphemeralUpper;
import dev.overlays.spi.EphemeralView;
import dev.overlays.spi.InstanceDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Mounts a spec in a namespace. As with the kernel backend the mount is tried first, and only when
 * it fails the reason is looked for.
 */
public final class RootlessMounter {
  /**
   * Where a view without a mount point is mounted, in a namespace of its own, until a descriptor of
   * it is open: a directory that every system has, and that nothing here is looked for in.
   */
  static final Path UNNAMED = Path.of("/sys");

  /** What shows first when something is wrong that can be told better. */
  private static final Set<ProblemCode> UNEXPLAINED =
      EnumSet.of(
          ProblemCode.KERNEL_REFUSED,
          ProblemCode.LAYER_LOCKED,
          ProblemCode.OPTION_NOT_IN_FORCE,
          ProblemCode.EPHEMERAL_UPPER_NOT_CREATED);

  private final OverlaySpec spec;

  private RootlessMounter(OverlaySpec spec) {
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
    return new RootlessMounter(spec).mount();
  }

  private OverlayMount mount() throws OverlayException {
    Optional<Problem> impossible = RootlessCheck.impossible(spec);
    if (impossible.isPresent()) {
      throw new OverlayException(impossible.get());
    }
    if (!InstanceDirectories.areThere(spec)) {
      List<Problem> problems = RootlessCheck.of(spec);
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
      return spec.mountPoint().isPresent() ? attached(spec.mountPoint().get()) : alone();
    } catch (OverlayException e) {
      boolean unexplained = e.problems().stream().anyMatch(p -> UNEXPLAINED.contains(p.code()));
      List<Problem> reasons = unexplained ? RootlessCheck.of(spec) : List.of();
      throw reasons.isEmpty() ? e : new OverlayException(reasons, e);
    } catch (IOException e) {
      List<Problem> reasons = RootlessCheck.of(spec);
      throw new OverlayException(reasons.isEmpty() ? List.of(refused(e)) : reasons, e);
    }
  }

  private Problem refused(IOException failure) {
    String words = failure.getMessage();
    return new Problem(
        ProblemCode.KERNEL_REFUSED,
        spec.mountPoint(),
        "The kernel does not mount: " + words + ".",
        "Look at the end of the kernel's log (dmesg), and report this: no reason was found"
            + " beforehand.");
  }

  private OverlayMount attached(Path mountPoint) throws IOException {
    Path place = NeededPath.real(mountPoint);
    List<NeededPath> needed = neededPaths();
    needed.add(NeededPath.of(mountPoint));
    SharedNamespace.Lease lease = SharedNamespace.lease(needed);
    try {
      Namespace namespace = lease.namespace();
      refuseUnlessSeen(namespace, needed);
      synchronized (namespace) {
        if (RootlessCheck.isTaken(mountPoint)) {
          throw new OverlayException(RootlessCheck.taken(mountPoint));
        }
        return LiveMounts.add(
            mount(
                namespace,
                place,
                (attempt, layers) ->
                    new RootlessMount(attempt, lease, place, attempt.mount(layers), layers)));
      }
    } catch (IOException | RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /** The namespace ends when this returns, and the view stays. */
  private OverlayMount alone() throws IOException {
    try (Namespace namespace = Namespace.start()) {
      refuseUnlessSeen(namespace, neededPaths());
      return LiveMounts.add(mount(namespace, UNNAMED, MountAttempt::mountAlone));
    }
  }

  /** What is made of an attempt. */
  @FunctionalInterface
  private interface Making {
    OverlayMount make(MountAttempt attempt, LayerHandles layers) throws IOException;
  }

  private OverlayMount mount(Namespace namespace, Path target, Making making)
      throws OverlayException {
    if (spec.ephemeral().isEmpty()) {
      return make(new MountAttempt(spec, namespace, target, Optional.empty()), making);
    }
    Optional<MemoryBelow> memory = Optional.empty();
    EphemeralUpper upper;
    if (spec.ephemeral().get() instanceof Ephemeral.Memory place) {
      MemoryBelow below = MemoryBelow.mount(place, namespace, target);
      memory = Optional.of(below);
      upper = EphemeralUpper.create(spec, below.path(), below);
    } else {
      upper = EphemeralUpper.create(spec, directory().orElseThrow(), () -> {});
    }
    Optional<MemoryBelow> below = memory;
    return EphemeralView.mount(
        spec, upper, whole -> make(new MountAttempt(whole, namespace, target, below), making));
  }

  private OverlayMount make(MountAttempt attempt, Making making) throws OverlayException {
    try {
      LayerHandles layers = LayerHandles.open(attempt.spec());
      try {
        return making.make(attempt, layers);
      } catch (IOException | RuntimeException e) {
        layers.close();
        throw e;
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(refused(e)), e);
    }
  }

  private Optional<Path> directory() {
    return spec.ephemeral()
        .filter(Ephemeral.Directory.class::isInstance)
        .map(place -> ((Ephemeral.Directory) place).parent());
  }

  private List<NeededPath> neededPaths() throws IOException {
    List<NeededPath> needed = new ArrayList<>();
    for (Path lower : spec.lowers()) {
      needed.add(NeededPath.of(lower));
    }
    for (Optional<Path> layer : List.of(spec.upper(), spec.work(), directory())) {
      if (layer.isPresent()) {
        needed.add(NeededPath.of(layer.get()));
      }
    }
    return needed;
  }

  /** Or something else would be mounted than what was asked for. */
  private static void refuseUnlessSeen(Namespace namespace, List<NeededPath> paths)
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
