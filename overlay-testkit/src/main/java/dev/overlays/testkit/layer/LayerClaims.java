package dev.overlays.testkit.layer;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The layers that claims and views of this JVM hold, by their real paths. */
final class LayerClaims implements Closeable {
  private static final Set<LayerClaims> HELD = new HashSet<>();

  private final boolean forView;
  private final Set<Path> exclusiveLayers = new LinkedHashSet<>();
  private final Set<Path> sharedLayers = new HashSet<>();

  private LayerClaims(boolean forView) {
    this.forView = forView;
  }

  static Closeable claimLayers(List<OverlaySpec> specs) throws OverlayException {
    LayerClaims claim = new LayerClaims(false);
    for (OverlaySpec spec : specs) {
      claim.addLayers(spec, claim.exclusiveLayers);
    }
    return claim.takeLayers();
  }

  static Closeable holdLayers(OverlaySpec spec) throws OverlayException {
    LayerClaims hold = new LayerClaims(true);
    hold.addLayers(spec, hold.sharedLayers);
    return hold.takeLayers();
  }

  private void addLayers(OverlaySpec spec, Set<Path> lowers) throws OverlayException {
    for (Path lower : spec.lowers()) {
      lowers.add(realPath(lower));
    }
    for (Path lower : spec.dataLowers()) {
      lowers.add(realPath(lower));
    }
    if (spec.upper().isPresent()) {
      exclusiveLayers.add(realPath(spec.upper().get()));
      // As with the native store, the work directory may be missing: a mount creates it again.
      if (Files.exists(spec.work().orElseThrow())) {
        exclusiveLayers.add(realPath(spec.work().orElseThrow()));
      }
    }
  }

  private static Path realPath(Path layer) throws OverlayException {
    try {
      return layer.toRealPath();
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.LAYER_NOT_FOUND,
                  layer,
                  "There is no such directory.",
                  "Create it, or correct the path.")),
          e);
    }
  }

  private LayerClaims takeLayers() throws OverlayException {
    synchronized (HELD) {
      for (LayerClaims other : HELD) {
        refuseTaken(exclusiveLayers, other.exclusiveLayers, other);
        // Views share the layers that they read with other views only.
        if (!forView) {
          refuseTaken(exclusiveLayers, other.sharedLayers, other);
        }
        if (!other.forView) {
          refuseTaken(sharedLayers, other.exclusiveLayers, other);
        }
      }
      HELD.add(this);
    }
    return this;
  }

  private void refuseTaken(Set<Path> wanted, Set<Path> taken, LayerClaims by)
      throws OverlayException {
    for (Path layer : wanted) {
      if (!taken.contains(layer)) {
        continue;
      }
      if (!by.forView) {
        throw new OverlayException(
            Problem.of(
                ProblemCode.LAYER_LOCKED,
                layer,
                "Somebody in this process is working on the layer.",
                "Wait until it is done."));
      }
      throw new OverlayException(
          Problem.of(
              forView ? inUseCode(layer) : ProblemCode.LAYER_IN_USE,
              layer,
              "A view that is mounted in this process uses the layer.",
              "Close that view first."));
    }
  }

  /** The first exclusive layer of a view is its upper, the second its work directory. */
  private ProblemCode inUseCode(Path layer) {
    return layer.equals(exclusiveLayers.iterator().next())
        ? ProblemCode.UPPER_IN_USE
        : ProblemCode.WORK_IN_USE;
  }

  /** Releases the layers. A second call does not release what somebody else has claimed since. */
  @Override
  public void close() {
    synchronized (HELD) {
      HELD.remove(this);
    }
  }
}
