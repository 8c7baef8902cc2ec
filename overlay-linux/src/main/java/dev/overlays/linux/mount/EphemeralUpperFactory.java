package dev.overlays.linux.mount;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.instance.EphemeralUpper;
import dev.overlays.linux.preflight.Preflight;
import dev.overlays.linux.runtime.MemoryFileSystem;
import java.util.List;

/** Creates the upper of an ephemeral view at the place that the spec names. */
final class EphemeralUpperFactory {
  private EphemeralUpperFactory() {}

  static EphemeralUpper createUpper(OverlaySpec spec) throws OverlayException {
    try {
      if (spec.ephemeral().orElseThrow() instanceof Ephemeral.Directory directory) {
        return EphemeralUpper.create(spec, directory.parent(), () -> {});
      }
      return createInMemory(spec, (Ephemeral.Memory) spec.ephemeral().get());
    } catch (OverlayException e) {
      // A missing lower fails here first, when its attributes are copied to the upper.
      List<Problem> reasons = Preflight.of(spec);
      throw reasons.isEmpty() ? e : new OverlayException(reasons, e);
    }
  }

  private static EphemeralUpper createInMemory(OverlaySpec spec, Ephemeral.Memory place)
      throws OverlayException {
    MemoryFileSystem memory = MemoryFileSystem.createMounted(place.limit());
    return EphemeralUpper.create(spec, memory.mountPoint(), memory);
  }
}
