package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.preflight.QuickCheck;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileLock;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layers and the mount point of a spec, opened; they stay what they are until they are mounted.
 */
public final class LayerHandles implements Closeable {
  /** Whoever only looks whether a layer is free has the lock of it for a moment, too. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private static final int DIRECTORY = OpenFlags.RDONLY | OpenFlags.DIRECTORY;

  private final List<Descriptor> all = new ArrayList<>();
  private final List<Descriptor> lowers = new ArrayList<>();
  private final List<Descriptor> dataLowers = new ArrayList<>();
  private final OverlaySpec spec;
  private final Optional<Path> target;
  private final MarkNamespace marks;
  private final Optional<Path> place;
  private Optional<Descriptor> upper = Optional.empty();
  private Optional<Descriptor> work = Optional.empty();
  private Optional<Descriptor> mountPoint = Optional.empty();

  private LayerHandles(OverlaySpec spec, Optional<Path> target) {
    this.spec = spec;
    this.target = target;
    marks = MarkNamespace.of(spec.options());
    place = spec.upper().or(spec::mountPoint);
  }

  /**
   * Opens the layers, and the mount point where the spec has one.
   *
   * @param spec whose layers
   * @return the handles, to be closed
   * @throws SyscallException if one cannot be opened
   */
  public static LayerHandles open(OverlaySpec spec) throws SyscallException {
    return open(spec, spec.mountPoint());
  }

  /**
   * Opens the layers, and the place where they are to be mounted.
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
        handles.lowers.add(handles.addHandle(lower));
      }
      for (Path lower : spec.dataLowers()) {
        handles.dataLowers.add(handles.addHandle(lower));
      }
      if (spec.upper().isPresent()) {
        handles.upper = Optional.of(handles.addHandle(spec.upper().get()));
        handles.work = Optional.of(handles.addHandle(spec.work().orElseThrow()));
      }
      if (target.isPresent()) {
        handles.mountPoint = Optional.of(handles.addHandle(target.get()));
      }
      return handles;
    } catch (SyscallException | RuntimeException | Error e) {
      handles.close();
      throw e;
    }
  }

  /** Opens the same once more, as another mount namespace may have it. */
  LayerHandles reopenedHandles() throws SyscallException {
    return open(spec, target);
  }

  private Descriptor addHandle(Path path) throws SyscallException {
    Descriptor descriptor = Descriptor.open(path, DIRECTORY);
    all.add(descriptor);
    return descriptor;
  }

  /**
   * Keeps merges, and other mounts of the same upper, away until these handles are closed, and asks
   * what has to be asked under that lock.
   *
   * @throws OverlayException if somebody is there already, or an answer is no ({@link
   *     ProblemCode#LAYER_LOCKED}): the true reason is to be asked for then
   * @throws SyscallException if something cannot be told
   */
  public void secureUpper() throws OverlayException, SyscallException {
    boolean secured = true;
    for (List<Descriptor> shared : List.of(lowers, dataLowers)) {
      for (Descriptor lower : shared) {
        secured = secured && isLocked(() -> FileLock.tryShared(lower));
      }
    }
    secured = secured && QuickCheck.passesVerity(spec, lowers, dataLowers);
    secured = secured && (mountPoint.isEmpty() || QuickCheck.passesCheck(mountPoint.get()));
    if (upper.isPresent()) {
      for (Descriptor written : List.of(upper.get(), work.orElseThrow())) {
        secured = secured && isLocked(() -> FileLock.tryExclusive(written));
      }
      secured = secured && QuickCheck.passesCheck(lowers, upper.get(), work.orElseThrow(), marks);
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

  private static boolean isLocked(RetryBackoff.RetriedAttempt attempt) throws OverlayException {
    return RetryBackoff.of(PATIENCE, attempt);
  }

  /** Everything that was opened, in the same order for the same spec. */
  List<Descriptor> layerHandles() {
    return all;
  }

  List<Descriptor> lowerHandles() {
    return lowers;
  }

  List<Descriptor> dataLowers() {
    return dataLowers;
  }

  Optional<Descriptor> upperHandle() {
    return upper;
  }

  Optional<Descriptor> workHandle() {
    return work;
  }

  Optional<Descriptor> mountPoint() {
    return mountPoint;
  }

  @Override
  public void close() {
    all.forEach(Descriptor::close);
  }
}
