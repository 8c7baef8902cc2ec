package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Removing entries. */
abstract class RemovalPromises extends StorePromises {

  RemovalPromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void removeTakesWhatIsNoDirectory() throws IOException {
    for (Executable maker : makersOfNonDirectories(A)) {
      makeEntry(maker);
      rootDirectory().remove(A);
      assertEquals(Optional.empty(), rootDirectory().stat(A));
    }
    rootDirectory().createDirectory(A);
    assertThrows(FileSystemException.class, () -> rootDirectory().remove(A));
    assertThrows(NoSuchFileException.class, () -> rootDirectory().remove(MISSING));
    assertEquals(Set.of(A), listNames(rootDirectory()));
  }

  @Test
  void removeTakesTheLinkNotItsTarget() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().createSymlink(B, utf8Bytes("a"));
    rootDirectory().remove(B);
    assertEquals(Set.of(A), listNames(rootDirectory()));
  }

  @Test
  void removeDirectoryTakesEmptyOnes() throws IOException {
    rootDirectory().createDirectory(A);
    try (LayerDirectory directory = rootDirectory().open(A)) {
      createFile(directory, B, "");
    }
    createFile(rootDirectory(), B, "");
    rootDirectory().createSymlink(Name.of("link"), utf8Bytes("a"));
    assertThrows(DirectoryNotEmptyException.class, () -> rootDirectory().removeDirectory(A));
    assertThrows(NotDirectoryException.class, () -> rootDirectory().removeDirectory(B));
    assertThrows(
        NotDirectoryException.class, () -> rootDirectory().removeDirectory(Name.of("link")));
    assertThrows(NoSuchFileException.class, () -> rootDirectory().removeDirectory(MISSING));
    LayerEntries.removeTree(rootDirectory(), A);
    assertEquals(Optional.empty(), rootDirectory().stat(A));
  }
}
