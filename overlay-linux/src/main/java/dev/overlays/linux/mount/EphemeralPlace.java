package dev.overlays.linux.mount;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.instance.EphemeralUpper;
import dev.overlays.linux.preflight.Preflight;
import dev.overlays.linux.runtime.MemoryFileSystem;
import java.util.List;

/** Makes the upper of an ephemeral view where the spec wants it. */
final class EphemeralPlace {
  private EphemeralPlace() {}

  static EphemeralUpper of(OverlaySpec spec) throws OverlayException {
    try {
      if (spec.ephemeral().orElseThrow() instanceof Ephemeral.Directory directory) {
        return EphemeralUpper.create(spec, directory.parent(), () -> {});
      }
      return inMemory(spec, (Ephemeral.Memory) spec.ephemeral().get());
    } catch (OverlayException e) {
      // A lower that is not there shows first when the upper is to get its attributes.
      List<Problem> reasons = Preflight.of(spec);
      throw reasons.isEmpty() ? e : new OverlayException(reasons, e);
    }
  }

  private static EphemeralUpper inMemory(OverlaySpec spec, Ephemeral.Memory place)
      throws OverlayException {
    MemoryFileSystem memory = MemoryFileSystem.createMounted(place.limit());
    return EphemeralUpper.create(spec, memory.memoryPath(), memory);
  }
}
