package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PortableLayerStoreTest {
  private final PortableLayerStore store = new PortableLayerStore();
  private final FileSystem fileSystem =
      JimfsLayerStoreTest.newJimfs("basic", "posix", "unix", "user");

  @Test
  void theServiceLoaderFindsIt() throws IOException {
    assertEquals("portable", LayerStore.of(fileSystem.getPath("/")).name());
  }

  @Test
  void declinesFileSystemsWithoutUserAttributes() throws IOException {
    try (FileSystem bare = Jimfs.newFileSystem(Configuration.unix())) {
      assertTrue(store.whyDeclined(bare.getPath("/")).isPresent());
      assertTrue(store.whyDeclined(bare.getPath("/missing")).isPresent());
    }
    assertFalse(store.whyDeclined(fileSystem.getPath("/missing")).isPresent());
  }

  /** Layers there may hold what only the native store sees. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void declinesDisksOfLinuxUnlessThePropertyIsSet(@TempDir Path disk) {
    String before = System.getProperty(PortableLayerStore.DISKS_PROPERTY);
    try {
      System.clearProperty(PortableLayerStore.DISKS_PROPERTY);
      assertTrue(store.whyDeclined(disk).isPresent());
      System.setProperty(PortableLayerStore.DISKS_PROPERTY, "true");
      assertFalse(store.whyDeclined(disk).isPresent());
    } finally {
      if (before == null) {
        System.clearProperty(PortableLayerStore.DISKS_PROPERTY);
      } else {
        System.setProperty(PortableLayerStore.DISKS_PROPERTY, before);
      }
    }
  }

  @Test
  void permissionsOfTheFileSystemAreTheModes() throws IOException {
    Path root = Files.createDirectory(fileSystem.getPath("/root"));
    Path file = Files.createFile(root.resolve("f"));
    Name name = Name.of("f");
    try (LayerDirectory directory = store.open(root)) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-xr-----"));
      assertEquals(0540, LayerEntries.requireStat(directory, name).mode());
      directory.setMode(name, 04711);
      assertEquals("rwx--x--x", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertEquals(04711, LayerEntries.requireStat(directory, name).mode());
      directory.setOwner(name, 1, 2);
      assertEquals(0711, LayerEntries.requireStat(directory, name).mode());
    }
  }

  @Test
  void fileSystemsAreDifferentDevices() throws IOException {
    try (FileSystem other = JimfsLayerStoreTest.newJimfs("basic", "user");
        LayerDirectory here = store.open(fileSystem.getPath("/"));
        LayerDirectory there = store.open(other.getPath("/"))) {
      assertFalse(
          LayerEntries.requireStat(here, Name.SELF)
              .sameInode(LayerEntries.requireStat(there, Name.SELF)));
      here.createFile(Name.of("f")).close();
      assertThrows(FileSystemException.class, () -> here.rename(Name.of("f"), there, Name.of("f")));
    }
  }

  @Test
  void securityAttributesAreRefused() throws IOException {
    try (LayerDirectory root = store.open(fileSystem.getPath("/"))) {
      assertThrows(
          FileSystemException.class,
          () -> root.setXattr(Name.SELF, "security.overlay.opaque", new byte[] {'y'}));
      assertTrue(root.xattr(Name.SELF, "security.overlay.opaque").isEmpty());
    }
  }
}
