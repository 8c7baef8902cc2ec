package dev.overlays.linux.preflight;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.preflight.Layer.Role;
import dev.overlays.linux.syscall.FileLock;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps mounts away from layers while they are changed: by an exclusive lock on each, which every
 * mount through this library meets, and by looking for the mounts that are there already. The locks
 * come first, so that no mount slips in between.
 */
public final class LayerClaim implements Closeable {
  private final SpecLayers layers;

  private LayerClaim(SpecLayers layers) {
    this.layers = layers;
  }

  /**
   * Claims the layers of a spec.
   *
   * @param spec whose layers are claimed; its work directory may be missing
   * @return the claim, which ends when it is closed
   * @throws OverlayException if a layer is not there, locked or in use
   */
  public static LayerClaim of(OverlaySpec spec) throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    SpecLayers layers = SpecLayers.openForChange(spec, problems);
    try {
      if (problems.isEmpty()) {
        lock(layers.all(), problems);
      }
      if (problems.isEmpty()) {
        askKernel(layers, problems);
        LiveOverlays.check(layers.all(), problems);
      }
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
      return new LayerClaim(layers);
    } catch (OverlayException | RuntimeException e) {
      layers.close();
      throw e;
    }
  }

  private static void lock(List<Layer> layers, List<Problem> problems) {
    for (Layer layer : layers) {
      if (!FileLock.tryExclusive(layer.handle())) {
        problems.add(LayerUse.locked(layer));
      }
    }
  }

  /** What the mount tables miss: mounts of namespaces that no process of ours can look into. */
  private static void askKernel(SpecLayers layers, List<Problem> problems) {
    Optional<Layer> upper = layers.find(Role.UPPER);
    Optional<Layer> work = layers.find(Role.WORK);
    if (upper.isEmpty()) {
      return;
    }
    boolean used =
        work.isPresent()
            ? InUseProbe.inUse(upper.get().handle(), work.get().handle())
            : InUseProbe.inUse(upper.get().handle());
    if (used) {
      problems.add(
          Problem.of(
              ProblemCode.LAYER_IN_USE,
              upper.get().path(),
              "A mounted overlay, possibly in another mount namespace, writes to the upper or the"
                  + " work directory.",
              LiveOverlays.REMEDY));
    }
  }

  @Override
  public void close() {
    layers.close();
  }
}
