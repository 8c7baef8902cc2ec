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
      call(maker);
      root().remove(A);
      assertEquals(Optional.empty(), root().stat(A));
    }
    root().createDirectory(A);
    assertThrows(FileSystemException.class, () -> root().remove(A));
    assertThrows(NoSuchFileException.class, () -> root().remove(MISSING));
    assertEquals(Set.of(A), names(root()));
  }

  @Test
  void removeTakesTheLinkNotItsTarget() throws IOException {
    file(root(), A, "x");
    root().createSymlink(B, bytes("a"));
    root().remove(B);
    assertEquals(Set.of(A), names(root()));
  }

  @Test
  void removeDirectoryTakesEmptyOnes() throws IOException {
    root().createDirectory(A);
    try (LayerDirectory directory = root().open(A)) {
      file(directory, B, "");
    }
    file(root(), B, "");
    root().createSymlink(Name.of("link"), bytes("a"));
    assertThrows(DirectoryNotEmptyException.class, () -> root().removeDirectory(A));
    assertThrows(NotDirectoryException.class, () -> root().removeDirectory(B));
    assertThrows(NotDirectoryException.class, () -> root().removeDirectory(Name.of("link")));
    assertThrows(NoSuchFileException.class, () -> root().removeDirectory(MISSING));
    LayerEntries.removeTree(root(), A);
    assertEquals(Optional.empty(), root().stat(A));
  }
}
