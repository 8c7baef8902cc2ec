package dev.overlays.testkit.memory;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.instance.EphemeralUpper;
import java.nio.file.FileSystem;
import java.util.OptionalLong;

/** Creates the upper of an ephemeral view, in a file system of its own if it is in memory. */
final class InMemoryUpper {
  private InMemoryUpper() {}

  static EphemeralUpper createUpper(OverlaySpec spec) throws OverlayException {
    if (spec.ephemeral().orElseThrow() instanceof Ephemeral.Directory directory) {
      return EphemeralUpper.create(spec, directory.parent(), () -> {});
    }
    OptionalLong limit = ((Ephemeral.Memory) spec.ephemeral().get()).limit();
    FileSystem memory = InMemoryFileSystems.create(limit);
    return EphemeralUpper.create(spec, memory.getPath("/"), memory);
  }
}
