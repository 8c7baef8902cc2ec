package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Opening roots and directories. */
abstract class RootPromises extends StorePromises {

  RootPromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void servesTheRoot() {
    Optional<Problem> problem = store().declines(rootPath());
    assertEquals(contract().mayBeChosen(), problem.isEmpty(), problem::toString);
    assertFalse(store().name().isEmpty());
  }

  @Test
  void rootThatIsMissingOrNoDirectoryIsRefused() throws IOException {
    file(root(), A, "");
    assertThrows(NoSuchFileException.class, () -> store().open(rootPath().resolve("missing")));
    assertThrows(NotDirectoryException.class, () -> store().open(rootPath().resolve("a")));
  }

  @Test
  void linksOnTheWayToTheRootAreFollowed() throws IOException {
    root().createDirectory(A);
    root().createSymlink(B, bytes("a"));
    try (LayerDirectory through = store().open(rootPath().resolve("b"))) {
      file(through, A, "x");
    }
    try (LayerDirectory directory = root().open(A)) {
      assertEquals("x", content(directory, A));
    }
  }

  @Test
  void directoryOpensByName() throws IOException {
    root().createDirectory(A);
    try (LayerDirectory directory = root().open(A)) {
      assertTrue(same(present(root(), A), present(directory, Name.SELF)));
      assertEquals(root() + "/a", directory.toString());
    }
  }

  @Test
  void onlyDirectoriesOpen() throws IOException {
    file(root(), A, "");
    root().createDirectory(B);
    root().createSymlink(Name.of("link"), bytes("b"));
    assertThrows(NotDirectoryException.class, () -> root().open(A));
    assertThrows(FileSystemException.class, () -> root().open(Name.of("link")));
    assertThrows(NoSuchFileException.class, () -> root().open(MISSING));
  }

  @Test
  void selfIsTheDirectory() throws IOException {
    root().createDirectory(A);
    try (LayerDirectory directory = root().open(A);
        LayerDirectory again = directory.open(Name.SELF)) {
      directory.setXattr(Name.SELF, "user.x", bytes("1"));
      directory.setMode(Name.SELF, 0750);
      directory.setTimes(Name.SELF, EARLY, LATE);
      assertArrayEquals(bytes("1"), root().xattr(A, "user.x").orElseThrow());
      assertEquals(0750, present(root(), A).mode());
      assertEquals(LATE, present(again, Name.SELF).modified());
      file(again, B, "b");
      assertEquals("b", content(directory, B));
      assertThrows(IOException.class, () -> directory.remove(Name.SELF));
      assertThrows(IOException.class, () -> directory.removeDirectory(Name.SELF));
      assertThrows(IOException.class, () -> directory.rename(Name.SELF, root(), B));
      assertThrows(IOException.class, () -> directory.createDirectory(Name.SELF));
    }
  }
}
