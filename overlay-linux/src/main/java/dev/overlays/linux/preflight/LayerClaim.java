package dev.overlays.linux.preflight;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.machines.MachineLocks;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.DescriptorLock;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps layers from being mounted while they are changed: it takes an exclusive lock on each, which
 * every mount by this library respects, and then checks for existing mounts. The locks come first,
 * so that no mount slips in between.
 */
public final class LayerClaim implements Closeable {
  private final List<SpecLayers> opened = new ArrayList<>();
  private final Set<List<Long>> locked = new HashSet<>();
  private final MachineLocks machines = new MachineLocks();

  private LayerClaim() {}

  /**
   * Claims the layers of specs.
   *
   * @param specs the specs whose layers are claimed, each layer once; work directories may be
   *     missing
   * @return the claim, which lasts until it is closed
   * @throws OverlayException if a layer is missing, locked or in use
   */
  public static LayerClaim of(List<OverlaySpec> specs) throws OverlayException {
    LayerClaim claim = new LayerClaim();
    List<Problem> problems = new ArrayList<>();
    try {
      for (OverlaySpec spec : specs) {
        claim.opened.add(SpecLayers.openForChange(spec, problems));
      }
      for (SpecLayers layers : claim.opened) {
        if (problems.isEmpty()) {
          claim.lockLayers(layers.allLayers(), problems);
        }
      }
      if (problems.isEmpty()) {
        List<OpenedLayer> all = new ArrayList<>();
        for (SpecLayers layers : claim.opened) {
          askKernel(layers, problems);
          all.addAll(layers.allLayers());
        }
        LiveOverlayCheck.checkLayers(all, problems);
      }
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      return claim;
    } catch (OverlayException | RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  /**
   * Holds the layers of a view that no mount table shows, by the locks that a mount takes: shared
   * locks on the lowers, exclusive locks on upper and work directory.
   *
   * @param spec the spec whose layers are held
   * @return the hold, which lasts until it is closed
   * @throws OverlayException if a layer is missing, locked or in use
   */
  public static LayerClaim forView(OverlaySpec spec) throws OverlayException {
    LayerClaim claim = new LayerClaim();
    List<Problem> problems = new ArrayList<>();
    try {
      SpecLayers layers = SpecLayers.openForChange(spec, problems);
      claim.opened.add(layers);
      if (problems.isEmpty()) {
        LayerUse.checkUse(layers, problems);
      }
      if (problems.isEmpty()) {
        claim.shareLowers(layers, spec.mountPoint(), problems);
      }
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      return claim;
    } catch (OverlayException | RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  /**
   * Makes sure that no lock was lost.
   *
   * @throws OverlayException if a file server has given one up
   */
  public void requireHeld() throws OverlayException {
    Optional<Problem> lost = machines.findLost();
    if (lost.isPresent()) {
      throw new OverlayException(lost.get());
    }
  }

  private void lockLayers(List<OpenedLayer> layers, List<Problem> problems) {
    for (OpenedLayer layer : layers) {
      List<Long> inode = List.of(layer.id().device(), layer.id().inode());
      if (!locked.add(inode)) {
        continue;
      }
      if (!DescriptorLock.tryExclusive(layer.handle())) {
        problems.add(LayerUse.lockedProblem(layer));
      } else if (isLower(layer)) {
        machines.claim(layer.handle(), layer.path()).ifPresent(problems::add);
      }
    }
  }

  private void shareLowers(SpecLayers layers, Optional<Path> place, List<Problem> problems) {
    for (OpenedLayer layer : layers.allLayers()) {
      if (isLower(layer)) {
        machines.share(layer.handle(), layer.path(), place).ifPresent(problems::add);
      }
    }
  }

  private static boolean isLower(OpenedLayer layer) {
    return layer.role() == LayerRole.LOWER || layer.role() == LayerRole.DATA_LOWER;
  }

  /**
   * Finds uses that mount tables do not show: mounts in namespaces that this process cannot
   * inspect.
   */
  private static void askKernel(SpecLayers layers, List<Problem> problems) {
    Optional<OpenedLayer> upper = layers.findLayer(LayerRole.UPPER);
    Optional<OpenedLayer> work = layers.findLayer(LayerRole.WORK);
    if (upper.isEmpty()) {
      return;
    }
    boolean used =
        work.isPresent()
            ? LayerUse.isAnyInUse(upper.get().handle(), work.get().handle())
            : LayerUse.isInUse(upper.get().handle());
    if (used) {
      problems.add(
          Problem.of(
              ProblemCode.LAYER_IN_USE,
              upper.get().path(),
              "A mounted overlay, possibly in another mount namespace, writes to the upper or the"
                  + " work directory.",
              LiveOverlayCheck.REMEDY));
    }
  }

  @Override
  public void close() {
    machines.close();
    opened.forEach(SpecLayers::close);
  }
}
