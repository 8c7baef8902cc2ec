package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Renames, and what they replace. */
abstract class RenamePromises extends StorePromises {

  RenamePromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void renameMovesWithAllAttributes() throws IOException {
    root().createDirectory(B);
    file(root(), A, "moved");
    root().setXattr(A, "user.x", bytes("1"));
    root().setMode(A, 0640);
    root().setTimes(A, EARLY, LATE);
    EntryStat before = present(root(), A);
    try (LayerDirectory directory = root().open(B)) {
      root().rename(A, directory, MISSING);
      assertEquals(before, present(directory, MISSING));
      assertArrayEquals(bytes("1"), directory.xattr(MISSING, "user.x").orElseThrow());
      assertEquals("moved", content(directory, MISSING));
      assertEquals(Set.of(B), names(root()));
    }
  }

  @Test
  void renameMovesATree() throws IOException {
    root().createDirectory(A);
    root().createDirectory(B);
    try (LayerDirectory directory = root().open(A)) {
      file(directory, A, "deep");
    }
    try (LayerDirectory target = root().open(B)) {
      root().rename(A, target, A);
      try (LayerDirectory moved = target.open(A)) {
        assertEquals("deep", content(moved, A));
      }
    }
    assertEquals(Set.of(B), names(root()));
  }

  @Test
  void renameReplacesWhatIsNoDirectory() throws IOException {
    Name old = Name.of("old");
    for (Executable maker : makersOfNonDirectories(old)) {
      file(root(), A, "new");
      call(maker);
      root().rename(A, root(), old);
      assertEquals("new", content(root(), old));
      assertEquals(Set.of(old), names(root()));
      call(() -> root().remove(old));
    }
    for (Executable maker : makersOfNonDirectories(A)) {
      file(root(), old, "old");
      call(maker);
      EntryStat moved = present(root(), A);
      root().rename(A, root(), old);
      assertEquals(moved.type(), present(root(), old).type());
      assertTrue(same(moved, present(root(), old)));
      root().remove(old);
    }
  }

  @Test
  void renameReplacesAnEmptyDirectoryByADirectory() throws IOException {
    root().createDirectory(A);
    root().createDirectory(B);
    try (LayerDirectory directory = root().open(A)) {
      file(directory, A, "x");
    }
    EntryStat moved = present(root(), A);
    root().rename(A, root(), B);
    assertTrue(same(moved, present(root(), B)));
    assertEquals(Set.of(B), names(root()));
  }

  @Test
  void renameRefusesOtherReplacements() throws IOException {
    Name full = Name.of("full");
    root().createDirectory(A);
    root().createDirectory(full);
    try (LayerDirectory directory = root().open(full)) {
      file(directory, A, "x");
    }
    file(root(), B, "x");
    Set<Name> before = names(root());
    assertThrows(DirectoryNotEmptyException.class, () -> root().rename(A, root(), full));
    assertThrows(NotDirectoryException.class, () -> root().rename(A, root(), B));
    assertThrows(FileSystemException.class, () -> root().rename(B, root(), A));
    assertThrows(NoSuchFileException.class, () -> root().rename(MISSING, root(), B));
    try (LayerDirectory directory = root().open(full)) {
      assertThrows(FileSystemException.class, () -> root().rename(full, directory, B));
    }
    assertEquals(before, names(root()));
    assertEquals("x", content(root(), B));
  }

  @Test
  void renameBetweenLinksOfOneInodeDoesNothing() throws IOException {
    file(root(), A, "x");
    root().createLink(A, root(), B);
    root().rename(A, root(), B);
    assertEquals(Set.of(A, B), names(root()));
    root().rename(A, root(), A);
    assertEquals(Set.of(A, B), names(root()));
  }
}
