package dev.overlays.linux.backend;

import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The kernel backend on a file system that the tests share, each in a directory of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KernelBackendContract extends OverlayBackendContract {
  private Sandbox sandbox;
  private Path disk;

  /** Mounts the file system. */
  abstract Path mount(Sandbox target) throws IOException;

  @BeforeAll
  void makeDisk() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = mount(sandbox);
  }

  @AfterAll
  void removeDisk() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  @Override
  protected final BackendUnderTest backend() throws IOException {
    return BackendUnderTest.of(new KernelBackend(), Files.createTempDirectory(disk, "place"))
        .with(EnumSet.complementOf(EnumSet.of(Capability.FS_VERITY)));
  }
}
