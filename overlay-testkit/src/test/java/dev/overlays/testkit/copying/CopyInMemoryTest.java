package dev.overlays.testkit.copying;

import dev.overlays.OverlayBackend;
import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;

class CopyInMemoryTest extends OverlayBackendContract {
  @Override
  protected BackendUnderTest backend() throws IOException {
    return inMemory(new CopyBackend());
  }

  static BackendUnderTest inMemory(OverlayBackend backend) throws IOException {
    FileSystem memory = InMemoryFileSystems.create();
    return BackendUnderTest.of(backend, Files.createDirectory(memory.getPath("/place")))
        .with(
            Capability.USER_MARKS,
            Capability.NO_MOUNT_POINT,
            Capability.PRIVATE_PATHS,
            Capability.ANY_NAME,
            Capability.PERMISSIONS,
            Capability.XATTRS)
        .withCleanup(memory);
  }
}
