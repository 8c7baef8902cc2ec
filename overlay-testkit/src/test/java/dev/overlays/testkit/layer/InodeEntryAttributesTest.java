package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.testkit.inode.PermissionBits;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is read and written by inodes is what the views of jimfs read and write. */
class InodeEntryAttributesTest {
  private static final int SEEDS = 20;

  @Test
  void inodesShowWhatTheViewsOfJimfsShow() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      try (FileSystem memory = InMemoryFileSystems.create()) {
        Path lower = Files.createDirectory(memory.getPath("/lower"));
        Path upper = Files.createDirectory(memory.getPath("/upper"));
        RandomLayers.of(seed, MarkNamespace.TRUSTED)
            .withNodes()
            .withOwners()
            .withXattrWhiteoutsInUpper()
            .fillLayers(new PortableLayerStore(), List.of(lower), upper);
        try (Stream<Path> entries = Files.walk(memory.getPath("/"))) {
          for (Path entry : entries.toList()) {
            requireSame(entry, "seed " + seed);
          }
        }
      }
    }
  }

  private static void requireSame(Path path, String seed) throws IOException {
    EntryAttributes byInode = EntryAttributes.of(path.getFileSystem());
    assertTrue(byInode instanceof InodeEntryAttributes);
    StoredEntry expected = new EmulatedAttributes(path.getFileSystem()).readEntry(path);
    StoredEntry read = byInode.readEntry(path);
    assertEquals(expected.stat(), read.stat(), () -> seed + ": " + path);
    assertEquals(expected.xattrs().listNames(), read.xattrs().listNames(), () -> seed);
    for (String name : expected.xattrs().listNames()) {
      assertArrayEquals(
          expected.xattrs().readValue(name).orElseThrow(),
          read.xattrs().readValue(name).orElseThrow(),
          () -> seed + ": " + path + " " + name);
    }
  }

  @Test
  void aModeThatIsSetByInodeIsInTheViewsOfJimfs() throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      Path file = Files.createFile(memory.getPath("/file"));
      EntryAttributes byInode = EntryAttributes.of(memory);
      byInode.setOwner(file, 1, 2);
      for (int mode : new int[] {0, 0644, 02751, 07777}) {
        byInode.setMode(file, mode);
        assertEquals(
            PermissionBits.toPermissions(mode), Files.getPosixFilePermissions(file), "" + mode);
        assertEquals(mode, new EmulatedAttributes(memory).readEntry(file).stat().mode());
        assertEquals(1, byInode.readEntry(file).stat().owner());
      }
    }
  }
}
