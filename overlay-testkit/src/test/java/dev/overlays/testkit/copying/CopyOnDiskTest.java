package dev.overlays.testkit.copying;

import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class CopyOnDiskTest extends OverlayBackendContract {
  @TempDir Path directory;

  @Override
  protected BackendUnderTest backend() {
    return BackendUnderTest.of(new CopyBackend(), directory)
        .with(
            Capability.USER_MARKS,
            Capability.NO_MOUNT_POINT,
            Capability.PRIVATE_PATHS,
            Capability.ANY_NAME,
            Capability.PERMISSIONS,
            Capability.XATTRS);
  }
}
