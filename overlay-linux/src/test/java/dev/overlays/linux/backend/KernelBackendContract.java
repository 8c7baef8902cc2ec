package dev.overlays.linux.backend;

import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The kernel backend on a file system that the tests share, each in a directory of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KernelBackendContract extends OverlayBackendContract {
  private static final Map<Capability, KernelAbility> ABILITIES =
      Map.of(
          Capability.USER_MARKS, KernelAbility.USER_MARKS,
          Capability.ID_MAPPED_LOWERS, KernelAbility.ID_MAPPED_LOWERS,
          Capability.DATA_LOWERS, KernelAbility.DATA_LOWERS,
          Capability.VERITY, KernelAbility.VERITY,
          Capability.UUID, KernelAbility.UUID_MODES,
          Capability.UUID_OFF, KernelAbility.UUID_OFF,
          Capability.OVERRIDE_CREDS, KernelAbility.OVERRIDE_CREDS);

  private Sandbox sandbox;
  private Path disk;

  /** Mounts the file system. */
  abstract Path mountDisk(Sandbox target) throws IOException;

  /** Whether attributes of the namespace {@code user} can be set on it. */
  boolean keepsUserAttributes() {
    return true;
  }

  @BeforeAll
  void makeDisk() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = mountDisk(sandbox);
  }

  @AfterAll
  void removeDisk() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  @Override
  protected final BackendUnderTest backend() throws IOException {
    Set<Capability> capabilities = EnumSet.complementOf(EnumSet.of(Capability.FS_VERITY));
    ABILITIES.forEach(
        (capability, ability) -> {
          if (!ability.isPresent()) {
            capabilities.remove(capability);
          }
        });
    if (!keepsUserAttributes()) {
      capabilities.removeAll(Set.of(Capability.XATTRS, Capability.USER_MARKS));
    }
    return BackendUnderTest.of(new KernelBackend(), Files.createTempDirectory(disk, "place"))
        .with(capabilities);
  }
}
