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
  /** Capabilities that need a kernel, or that make no visible difference in memory. */
  static final Set<Capability> UNSUPPORTED =
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
    return underTest(new InMemoryBackend());
  }

  /** Returns the backend under test, which may be a broken one. */
  static BackendUnderTest underTest(OverlayBackend backend) throws IOException {
    FileSystem memory = InMemoryFileSystems.create();
    return BackendUnderTest.of(backend, Files.createDirectory(memory.getPath("/place")))
        .with(EnumSet.complementOf(EnumSet.copyOf(UNSUPPORTED)))
        .withCleanup(memory);
  }
}
