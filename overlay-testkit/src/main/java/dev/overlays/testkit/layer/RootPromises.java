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
    Optional<Problem> problem = testedStore().whyDeclined(rootPath());
    assertEquals(storeContract().mayBeChosen(), problem.isEmpty(), problem::toString);
    assertFalse(testedStore().name().isEmpty());
  }

  @Test
  void rootThatIsMissingOrNoDirectoryIsRefused() throws IOException {
    createFile(rootDirectory(), A, "");
    assertThrows(
        NoSuchFileException.class, () -> testedStore().open(rootPath().resolve("missing")));
    assertThrows(NotDirectoryException.class, () -> testedStore().open(rootPath().resolve("a")));
  }

  @Test
  void linksOnTheWayToTheRootAreFollowed() throws IOException {
    rootDirectory().createDirectory(A);
    rootDirectory().createSymlink(B, utf8Bytes("a"));
    try (LayerDirectory through = testedStore().open(rootPath().resolve("b"))) {
      createFile(through, A, "x");
    }
    try (LayerDirectory directory = rootDirectory().open(A)) {
      assertEquals("x", readContent(directory, A));
    }
  }

  @Test
  void directoryOpensByName() throws IOException {
    rootDirectory().createDirectory(A);
    try (LayerDirectory directory = rootDirectory().open(A)) {
      assertTrue(isSameInode(requireStat(rootDirectory(), A), requireStat(directory, Name.SELF)));
      assertEquals(rootDirectory() + "/a", directory.toString());
    }
  }

  @Test
  void onlyDirectoriesOpen() throws IOException {
    createFile(rootDirectory(), A, "");
    rootDirectory().createDirectory(B);
    rootDirectory().createSymlink(Name.of("link"), utf8Bytes("b"));
    assertThrows(NotDirectoryException.class, () -> rootDirectory().open(A));
    assertThrows(FileSystemException.class, () -> rootDirectory().open(Name.of("link")));
    assertThrows(NoSuchFileException.class, () -> rootDirectory().open(MISSING));
  }

  @Test
  void selfIsTheDirectory() throws IOException {
    rootDirectory().createDirectory(A);
    try (LayerDirectory directory = rootDirectory().open(A);
        LayerDirectory again = directory.open(Name.SELF)) {
      directory.setXattr(Name.SELF, "user.x", utf8Bytes("1"));
      directory.setMode(Name.SELF, 0750);
      directory.setTimes(Name.SELF, EARLY, LATE);
      assertArrayEquals(utf8Bytes("1"), rootDirectory().xattr(A, "user.x").orElseThrow());
      assertEquals(0750, requireStat(rootDirectory(), A).mode());
      assertEquals(LATE, requireStat(again, Name.SELF).modified());
      createFile(again, B, "b");
      assertEquals("b", readContent(directory, B));
      assertThrows(IOException.class, () -> directory.remove(Name.SELF));
      assertThrows(IOException.class, () -> directory.removeDirectory(Name.SELF));
      assertThrows(IOException.class, () -> directory.rename(Name.SELF, rootDirectory(), B));
      assertThrows(IOException.class, () -> directory.createDirectory(Name.SELF));
    }
  }
}
