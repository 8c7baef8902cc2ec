package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.instance.EphemeralUpper;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The upper of an ephemeral view.
 *
 * @param directories upper and work directory
 * @param memory the file system of memory that they are on, if they are on one
 */
record ThrowawayUpper(EphemeralUpper directories, Optional<MemoryBelow> memory) {

  /** What makes one. */
  @FunctionalInterface
  interface UpperMaking {
    ThrowawayUpper createUpper(
        OverlaySpec spec, ViewPlace place, SharedNamespace.NamespaceLease lease)
        throws OverlayException;
  }

  /**
   * Makes one where the spec wants it.
   *
   * @param lease the use of the namespace that the place is in
   */
  static ThrowawayUpper create(
      OverlaySpec spec, ViewPlace place, SharedNamespace.NamespaceLease lease)
      throws OverlayException {
    if (spec.ephemeral().orElseThrow() instanceof Ephemeral.Directory directory) {
      return new ThrowawayUpper(
          EphemeralUpper.create(spec, directory.parent(), () -> {}), Optional.empty());
    }
    Ephemeral.Memory limits = (Ephemeral.Memory) spec.ephemeral().get();
    MemoryBelow memory = MemoryBelow.mountMemory(limits, place);
    if (DiscardedDirectory.keepsAttributes(memory.memoryPath())) {
      return new ThrowawayUpper(
          EphemeralUpper.create(spec, memory.memoryPath(), memory), Optional.of(memory));
    }
    memory.withdrawMount();
    return onDisk(spec, lease, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** As before Linux 6.6, whose file system of memory keeps no attributes of users. */
  static ThrowawayUpper onDisk(OverlaySpec spec, SharedNamespace.NamespaceLease lease, Path parent)
      throws OverlayException {
    Ephemeral.Memory limits = (Ephemeral.Memory) spec.ephemeral().orElseThrow();
    DiscardedDirectory directory = DiscardedDirectory.createIn(limits, lease, parent);
    return new ThrowawayUpper(
        EphemeralUpper.create(spec, directory.directoryPath(), directory), Optional.empty());
  }
}
