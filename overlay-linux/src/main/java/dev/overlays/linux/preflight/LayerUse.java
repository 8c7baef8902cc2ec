package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.machines.MachineLocks;
import dev.overlays.linux.namespace.RootlessInUseProbe;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.DescriptorLock;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.util.List;
import java.util.Optional;

/** Checks whether a merge or a live overlay uses the layers. */
final class LayerUse {
  private LayerUse() {}

  static void checkUse(SpecLayers layers, List<Problem> problems) {
    for (OpenedLayer layer : layers.allLayers()) {
      boolean written = layer.role() == LayerRole.UPPER || layer.role() == LayerRole.WORK;
      boolean free =
          written
              ? DescriptorLock.tryExclusive(layer.handle())
              : DescriptorLock.tryShared(layer.handle());
      if (!free) {
        problems.add(lockedProblem(layer));
        if (written) {
          // The holder of the upper is about to lock the work directory, and must not fail because
          // of this check.
          break;
        }
      } else if (!written) {
        MachineLocks.findMerge(layer.handle(), layer.path()).ifPresent(problems::add);
      }
    }
    Optional<OpenedLayer> upper = layers.findLayer(LayerRole.UPPER);
    Optional<OpenedLayer> work = layers.findLayer(LayerRole.WORK);
    if (upper.isPresent()
        && work.isPresent()
        && problems.stream().noneMatch(problem -> isLockOf(problem, upper.get()))
        && isAnyInUse(upper.get().handle(), work.get().handle())) {
      problems.add(
          isInUse(upper.get().handle())
              ? inUseProblem(ProblemCode.UPPER_IN_USE, upper.get())
              : inUseProblem(ProblemCode.WORK_IN_USE, work.get()));
    }
  }

  /** Whether a problem already reports the lock on a layer. */
  private static boolean isLockOf(Problem problem, OpenedLayer layer) {
    return problem.code() == ProblemCode.LAYER_LOCKED
        && problem.path().filter(layer.path()::equals).isPresent();
  }

  /** Whether a live overlay, in any mount namespace, writes to one of two directories. */
  static boolean isAnyInUse(Descriptor upper, Descriptor work) {
    return ThreadPrivilege.mayMount()
        ? InUseProbe.isAnyInUse(upper, work)
        : RootlessInUseProbe.isAnyInUse(List.of(upper, work));
  }

  /** Whether a live overlay writes to a directory. */
  static boolean isInUse(Descriptor directory) {
    return ThreadPrivilege.mayMount()
        ? InUseProbe.isInUse(directory)
        : RootlessInUseProbe.isAnyInUse(List.of(directory));
  }

  /**
   * Returns the problem for a locked layer. A view that no mount table shows holds its locks as
   * long as it is open.
   */
  static Problem lockedProblem(OpenedLayer layer) {
    LockHolders holders = LockHolders.of(layer.id());
    if (holders.areThisProcess()) {
      return Problem.of(
          ProblemCode.LAYER_LOCKED,
          layer.path(),
          "This process uses the "
              + layer.role()
              + ": a view over it has not been closed, or it is being merged.",
          "Close the view first (Overlays.mounted() lists those of this process), or wait until the"
              + " merge is done.");
    }
    return Problem.of(
        ProblemCode.LAYER_LOCKED,
        layer.path(),
        "The "
            + layer.role()
            + " is being merged or mounted: it is locked by "
            + holders.holderWords()
            + ".",
        "Wait until that is done. Any user who may open the directory can lock it (flock) and so"
            + " block merges and mounts: restrict who may read it, or search a directory above"
            + " it.");
  }

  private static Problem inUseProblem(ProblemCode code, OpenedLayer layer) {
    return Problem.of(
        code,
        layer.path(),
        "A mounted overlay, possibly in another mount namespace, uses the " + layer.role() + ".",
        "Unmount that one first (\"findmnt -t overlay\" lists those of this namespace), or use an"
            + " upper and work of its own for each mount.");
  }
}
