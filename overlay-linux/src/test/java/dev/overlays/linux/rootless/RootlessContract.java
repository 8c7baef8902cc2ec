package dev.overlays.linux.rootless;

import dev.overlays.linux.RootlessBackend;
import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;

/** The rootless backend, in the directory that the property {@code overlays.place} names. */
class RootlessContract extends OverlayBackendContract {
  static BackendUnderTest in(Path directory) throws IOException {
    return BackendUnderTest.of(new RootlessBackend(), Files.createTempDirectory(directory, "place"))
        .with(
            EnumSet.complementOf(
                EnumSet.of(
                    Capability.TRUSTED_MARKS,
                    Capability.LINK_IDENTITY,
                    Capability.ID_MAPPED_LOWERS,
                    Capability.INDEX,
                    Capability.NFS_EXPORT,
                    Capability.XINO,
                    Capability.REDIRECT_DIR,
                    Capability.METACOPY,
                    Capability.VERITY,
                    Capability.DATA_LOWERS)));
  }

  @Override
  protected BackendUnderTest backend() throws IOException {
    return in(Path.of(System.getProperty("overlays.place")));
  }
}
