package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which file systems machines share. */
class NetworkFileSystemTest {

  private static Optional<NetworkFileSystem> fileSystemOf(Path directory) throws IOException {
    try (Descriptor opened = Descriptor.open(directory, OpenFlags.RDONLY | OpenFlags.DIRECTORY)) {
      return NetworkFileSystem.of(opened);
    }
  }

  @Test
  void aLowerOfThisMachineHasNoLockFile() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      sandbox.mountTmpfs("lower");
      assertEquals(Optional.empty(), fileSystemOf(sandbox.path("lower")));
      sandbox.createFile("lower/file", "");
      try (OverlayMount mount = Overlays.mount(sandbox.newLayers().build())) {
        assertTrue(Files.exists(mount.root().resolve("file")));
        assertTrue(
            sandbox.listEntries().keySet().stream()
                .noneMatch(name -> name.endsWith("overlays-lock")));
        assertEquals(
            Optional.empty(), LayerStore.of(sandbox.root()).findSharing(sandbox.path("lower")));
      }
    }
  }

  @Test
  void theProgramBehindFuseDecides() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path overlay =
          sandbox.mountAt(
              "fuse",
              "-t",
              "fuse.fuse-overlayfs",
              "-o",
              "lowerdir=" + sandbox.createDirectory("a") + ":" + sandbox.createDirectory("b"),
              "fuse-overlayfs");
      assertEquals(Optional.empty(), fileSystemOf(overlay));
      System.setProperty(NetworkFileSystem.MORE, "fuse.other, fuse.fuse-overlayfs");
      try {
        assertEquals(
            Optional.of(new NetworkFileSystem("fuse.fuse-overlayfs", true)), fileSystemOf(overlay));
      } finally {
        System.clearProperty(NetworkFileSystem.MORE);
      }
    }
  }
}
