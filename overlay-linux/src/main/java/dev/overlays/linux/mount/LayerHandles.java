package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.machines.MachineLocks;
import dev.overlays.linux.preflight.QuickCheck;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.DescriptorLock;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Open descriptors of the layers and the mount point of a spec, so that the mount uses exactly the
 * directories that were checked.
 */
public final class LayerHandles implements Closeable {
  /** A process that only tests whether a layer is free holds its lock for a moment, too. */
  private static final Duration LOCK_PATIENCE = Duration.ofMillis(100);

  private static final int DIRECTORY = OpenFlags.RDONLY | OpenFlags.DIRECTORY;

  private final List<Descriptor> all = new ArrayList<>();
  private final List<Descriptor> lowers = new ArrayList<>();
  private final List<Descriptor> dataLowers = new ArrayList<>();
  private final OverlaySpec spec;
  private final Optional<Path> target;
  private final MarkNamespace marks;
  private final Optional<Path> place;
  private final MachineLocks machines = new MachineLocks();
  private Optional<Descriptor> upper = Optional.empty();
  private Optional<Descriptor> work = Optional.empty();
  private Optional<Descriptor> mountPoint = Optional.empty();

  private LayerHandles(OverlaySpec spec, Optional<Path> target) {
    this.spec = spec;
    this.target = target;
    marks = MarkNamespace.of(spec.options());
    place = spec.upper().isPresent() ? spec.upper() : spec.mountPoint();
  }

  /**
   * Opens the layers, and the mount point if the spec has one.
   *
   * @param spec whose layers
   * @return the handles, to be closed
   * @throws SyscallException if one cannot be opened
   */
  public static LayerHandles open(OverlaySpec spec) throws SyscallException {
    return open(spec, spec.mountPoint());
  }

  /**
   * Opens the layers, and the place to mount at.
   *
   * @param spec whose layers
   * @param target where; empty for a view that is attached nowhere
   * @return the handles, to be closed
   * @throws SyscallException if one cannot be opened
   */
  static LayerHandles open(OverlaySpec spec, Optional<Path> target) throws SyscallException {
    LayerHandles handles = new LayerHandles(spec, target);
    try {
      for (Path lower : spec.lowers()) {
        handles.lowers.add(handles.openLayer(lower));
      }
      for (Path lower : spec.dataLowers()) {
        handles.dataLowers.add(handles.openLayer(lower));
      }
      if (spec.upper().isPresent()) {
        handles.upper = Optional.of(handles.openLayer(spec.upper().get()));
        handles.work = Optional.of(handles.openLayer(spec.work().orElseThrow()));
      }
      if (target.isPresent()) {
        handles.mountPoint = Optional.of(handles.openLayer(target.get()));
      }
      return handles;
    } catch (SyscallException | RuntimeException | Error e) {
      handles.close();
      throw e;
    }
  }

  /** Opens the same paths again, which may lead elsewhere in another mount namespace. */
  LayerHandles reopenLayers() throws SyscallException {
    return open(spec, target);
  }

  private Descriptor openLayer(Path path) throws SyscallException {
    Descriptor descriptor = Descriptor.open(path, DIRECTORY);
    all.add(descriptor);
    return descriptor;
  }

  /**
   * Locks the layers, and makes the checks that need the locks. Until these handles are closed, the
   * locks keep merges away, and other mounts of the same upper.
   *
   * @throws OverlayException if a layer is locked or a check fails ({@link
   *     ProblemCode#LAYER_LOCKED}); the caller then searches for the real reason
   * @throws SyscallException if a check cannot be made
   */
  public void lockAndCheckLayers() throws OverlayException, SyscallException {
    boolean secured = true;
    for (List<Descriptor> shared : List.of(lowers, dataLowers)) {
      for (Descriptor lower : shared) {
        secured =
            secured
                && (DescriptorLock.tryShared(lower)
                    || retryLock(() -> DescriptorLock.tryShared(lower)));
        if (secured && MachineLocks.areNeededFor(lower)) {
          secured = retryLock(() -> machines.tryShare(lower, target));
        }
      }
    }
    secured = secured && QuickCheck.canVerify(spec, lowers, dataLowers);
    secured = secured && (mountPoint.isEmpty() || QuickCheck.passesMountPoint(mountPoint.get()));
    if (upper.isPresent()) {
      for (Descriptor written : List.of(upper.get(), work.orElseThrow())) {
        secured =
            secured
                && (DescriptorLock.tryExclusive(written)
                    || retryLock(() -> DescriptorLock.tryExclusive(written)));
      }
      secured = secured && QuickCheck.passesUpper(lowers, upper.get(), work.orElseThrow(), marks);
    }
    if (!secured) {
      throw new OverlayException(
          new Problem(
              ProblemCode.LAYER_LOCKED,
              place,
              "A layer or the mount point was in use a moment ago.",
              "Try again."));
    }
  }

  /** A first attempt outside needs no lambda, which takes a millisecond of the first mount. */
  private static boolean retryLock(RetryBackoff.RetriedAttempt attempt) throws OverlayException {
    return RetryBackoff.retryWithin(LOCK_PATIENCE, attempt);
  }

  /** The locks that other machines see, until these handles are closed. */
  MachineLocks machineLocks() {
    return machines;
  }

  /** All descriptors, always in the same order for the same spec. */
  List<Descriptor> allHandles() {
    return all;
  }

  List<Descriptor> lowerHandles() {
    return lowers;
  }

  List<Descriptor> dataLowerHandles() {
    return dataLowers;
  }

  Optional<Descriptor> upperHandle() {
    return upper;
  }

  Optional<Descriptor> workHandle() {
    return work;
  }

  Optional<Descriptor> mountPointHandle() {
    return mountPoint;
  }

  @Override
  public void close() {
    machines.close();
    for (Descriptor descriptor : all) {
      descriptor.close();
    }
  }
}
