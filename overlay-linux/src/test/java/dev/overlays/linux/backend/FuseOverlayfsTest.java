package dev.overlays.linux.backend;

import dev.overlays.linux.FuseOverlayfsBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.syscall.ThreadPrivilege;
import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Runs the contract with fuse-overlayfs as any user; {@code FuseAsUserTest} runs it as an ordinary
 * user.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public class FuseOverlayfsTest extends OverlayBackendContract {
  private static final Set<Capability> MISSING =
      EnumSet.of(
          Capability.NO_MOUNT_POINT,
          Capability.EPHEMERAL_IN_MEMORY,
          Capability.ID_MAPPED_LOWERS,
          Capability.LINK_IDENTITY,
          Capability.INDEX,
          Capability.NFS_EXPORT,
          Capability.REDIRECT_DIR,
          Capability.METACOPY,
          Capability.DATA_LOWERS,
          Capability.VERITY,
          Capability.XINO,
          Capability.UUID,
          Capability.UUID_OFF,
          Capability.OVERRIDE_CREDS,
          Capability.ANY_NAME,
          Capability.NODES);

  private Sandbox sandbox;

  @BeforeAll
  void makeSandbox() throws IOException {
    // What the JVM opens for native calls is open before the sandbox counts.
    new FuseOverlayfsBackend().whyUnavailable();
    sandbox = Sandbox.create();
  }

  @AfterAll
  void removeSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  @Override
  protected final BackendUnderTest backend() throws IOException {
    Set<Capability> capabilities = EnumSet.complementOf(EnumSet.copyOf(MISSING));
    capabilities.removeAll(
        ThreadPrivilege.mayMount()
            ? Set.of(Capability.USER_MARKS)
            : Set.of(
                Capability.TRUSTED_MARKS,
                Capability.NOSYMFOLLOW,
                Capability.PROPAGATION,
                Capability.REMOUNT));
    Path place = Files.createTempDirectory(sandbox.root(), "place");
    return BackendUnderTest.of(new FuseOverlayfsBackend(), place).with(capabilities);
  }
}
