package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is mounted inside a layer is not part of it, and a link leads nowhere. */
class MountInsideTest {
  private static final Name INNER = Name.of("inner");

  @AutoClose private Sandbox sandbox;
  private Path layer;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    layer = sandbox.mountTmpfs("layer");
  }

  private void assertRefused() throws IOException {
    try (LayerDirectory directory = new NativeLayerStore().open(layer)) {
      FileSystemException e =
          assertThrows(FileSystemException.class, () -> directory.open(INNER).close());
      assertEquals("another file system is mounted here", e.getReason());
    }
  }

  @Test
  void anotherFileSystemIsRefused() throws IOException {
    sandbox.mountTmpfs("layer/inner");
    assertRefused();
  }

  @Test
  void anotherMountOfTheSameFileSystemIsRefused() throws IOException {
    sandbox.mountAt("layer/inner", "--bind", sandbox.createDirectory("layer/other").toString());
    assertRefused();
  }

  @Test
  void aLinkIsNoDirectory() throws IOException {
    Files.createSymbolicLink(layer.resolve("inner"), sandbox.createDirectory("layer/other"));
    try (LayerDirectory directory = new NativeLayerStore().open(layer)) {
      assertThrows(NotDirectoryException.class, () -> directory.open(INNER).close());
    }
  }
}
