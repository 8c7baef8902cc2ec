package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.instance.EphemeralUpper;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The upper of an ephemeral rootless view.
 *
 * @param directories upper and work directory
 * @param memory the tmpfs that they are on, if they are on one
 */
record RootlessEphemeralUpper(EphemeralUpper directories, Optional<UpperMemory> memory) {

  /** Creates the upper of an ephemeral view. */
  @FunctionalInterface
  interface UpperFactory {
    RootlessEphemeralUpper createUpper(
        OverlaySpec spec, ViewPlace place, SharedNamespace.NamespaceLease lease)
        throws OverlayException;
  }

  /**
   * Creates the upper where the spec says.
   *
   * @param lease a lease of the namespace that the place is in
   */
  static RootlessEphemeralUpper create(
      OverlaySpec spec, ViewPlace place, SharedNamespace.NamespaceLease lease)
      throws OverlayException {
    if (spec.ephemeral().orElseThrow() instanceof Ephemeral.Directory directory) {
      return new RootlessEphemeralUpper(
          EphemeralUpper.create(spec, directory.parent(), () -> {}), Optional.empty());
    }
    Ephemeral.Memory limits = (Ephemeral.Memory) spec.ephemeral().get();
    UpperMemory memory = UpperMemory.mountMemory(limits, place);
    if (DiscardedDirectory.keepsAttributes(memory.memoryPath())) {
      return new RootlessEphemeralUpper(
          EphemeralUpper.create(spec, memory.memoryPath(), memory), Optional.of(memory));
    }
    memory.withdrawMount();
    return onDisk(spec, lease, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * Creates the upper on disk, as needed before Linux 6.6, whose tmpfs keeps no {@code user.*}
   * attributes.
   */
  static RootlessEphemeralUpper onDisk(
      OverlaySpec spec, SharedNamespace.NamespaceLease lease, Path parent) throws OverlayException {
    Ephemeral.Memory limits = (Ephemeral.Memory) spec.ephemeral().orElseThrow();
    DiscardedDirectory directory = DiscardedDirectory.createIn(limits, lease, parent);
    return new RootlessEphemeralUpper(
        EphemeralUpper.create(spec, directory.directoryPath(), directory), Optional.empty());
  }
}
