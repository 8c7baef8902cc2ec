package dev.overlays.testkit.layer;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The layers that somebody in this JVM has claimed, by their real paths. */
final class Claims {
  private static final Set<Path> HELD = new HashSet<>();

  private Claims() {}

  static Closeable claim(List<OverlaySpec> specs) throws OverlayException {
    List<Path> layers = new ArrayList<>();
    for (OverlaySpec spec : specs) {
      layers.addAll(spec.lowers());
      layers.addAll(spec.dataLowers());
      spec.upper().ifPresent(layers::add);
      spec.work().ifPresent(layers::add);
    }
    Set<Path> wanted = new LinkedHashSet<>();
    for (Path layer : layers) {
      wanted.add(real(layer));
    }
    synchronized (HELD) {
      for (Path layer : wanted) {
        if (HELD.contains(layer)) {
          throw new OverlayException(
              Problem.of(
                  ProblemCode.LAYER_LOCKED,
                  layer,
                  "Somebody in this process works on the layer.",
                  "Wait until it is done."));
        }
      }
      HELD.addAll(wanted);
    }
    return new Claim(wanted);
  }

  private static Path real(Path layer) throws OverlayException {
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

  /** Closing it twice must not release what somebody else has claimed since. */
  private static final class Claim implements Closeable {
    private final Set<Path> layers;

    Claim(Set<Path> layers) {
      this.layers = layers;
    }

    @Override
    public void close() {
      synchronized (HELD) {
        HELD.removeAll(layers);
        layers.clear();
      }
    }
  }
}
