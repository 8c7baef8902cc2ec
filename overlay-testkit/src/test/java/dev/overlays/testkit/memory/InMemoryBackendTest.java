package dev.overlays.testkit.memory;

import dev.overlays.OverlayBackend;
import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.Set;

class InMemoryBackendTest extends OverlayBackendContract {
  /** What needs a kernel, and what nobody would see the difference of. */
  static final Set<Capability> CANNOT =
      EnumSet.of(
          Capability.INDEX,
          Capability.NFS_EXPORT,
          Capability.VERITY,
          Capability.MOUNT_ATTRIBUTES,
          Capability.NOSYMFOLLOW,
          Capability.NODES,
          Capability.PROPAGATION,
          Capability.ID_MAPPED_LOWERS,
          Capability.COMMAND);

  @Override
  protected BackendUnderTest backend() throws IOException {
    return with(new InMemoryBackend());
  }

  /** This backend, or one that says to be it. */
  static BackendUnderTest with(OverlayBackend backend) throws IOException {
    FileSystem memory = InMemoryFileSystems.create();
    return BackendUnderTest.of(backend, Files.createDirectory(memory.getPath("/place")))
        .with(EnumSet.complementOf(EnumSet.copyOf(CANNOT)))
        .cleanedUpBy(memory);
  }
}
