package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
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
    rootDirectory().createDirectory(B);
    createFile(rootDirectory(), A, "moved");
    rootDirectory().setXattr(A, "user.x", utf8Bytes("1"));
    rootDirectory().setMode(A, 0640);
    rootDirectory().setTimes(A, EARLY, LATE);
    EntryStat before = requireStat(rootDirectory(), A);
    try (LayerDirectory directory = rootDirectory().open(B)) {
      rootDirectory().rename(A, directory, MISSING);
      assertEquals(before, requireStat(directory, MISSING));
      assertArrayEquals(utf8Bytes("1"), directory.xattr(MISSING, "user.x").orElseThrow());
      assertEquals("moved", readContent(directory, MISSING));
      assertEquals(Set.of(B), listNames(rootDirectory()));
    }
  }

  /** A store that cannot exchange says so, and changes nothing. */
  @Test
  void exchangeSwapsTwoEntriesOrChangesNothing() throws IOException {
    rootDirectory().createDirectory(A);
    rootDirectory().createDirectory(B);
    createFile(rootDirectory(), MISSING, "file");
    try (LayerDirectory directory = rootDirectory().open(A);
        LayerDirectory target = rootDirectory().open(B)) {
      target.createDirectory(A);
      createFile(directory, A, "deep");
      EntryStat first = requireStat(rootDirectory(), MISSING);
      EntryStat second = requireStat(target, A);
      try {
        rootDirectory().exchange(MISSING, target, A);
      } catch (AtomicMoveNotSupportedException e) {
        EntryStat kept = first;
        first = second;
        second = kept;
      }
      assertTrue(isSameInode(first, requireStat(target, A)));
      assertTrue(isSameInode(second, requireStat(rootDirectory(), MISSING)));
      assertEquals(Set.of(A, B, MISSING), listNames(rootDirectory()));
      assertEquals(Set.of(A), listNames(target));
      Name absent = Name.of("absent");
      assertThrows(NoSuchFileException.class, () -> rootDirectory().exchange(A, target, absent));
      assertThrows(NoSuchFileException.class, () -> rootDirectory().exchange(absent, target, A));
    }
    assertEquals(Set.of(A, B, MISSING), listNames(rootDirectory()));
  }

  @Test
  void renameMovesATree() throws IOException {
    rootDirectory().createDirectory(A);
    rootDirectory().createDirectory(B);
    try (LayerDirectory directory = rootDirectory().open(A)) {
      createFile(directory, A, "deep");
    }
    try (LayerDirectory target = rootDirectory().open(B)) {
      rootDirectory().rename(A, target, A);
      try (LayerDirectory moved = target.open(A)) {
        assertEquals("deep", readContent(moved, A));
      }
    }
    assertEquals(Set.of(B), listNames(rootDirectory()));
  }

  @Test
  void renameReplacesWhatIsNoDirectory() throws IOException {
    Name old = Name.of("old");
    for (Executable maker : makersOfNonDirectories(old)) {
      createFile(rootDirectory(), A, "new");
      makeEntry(maker);
      rootDirectory().rename(A, rootDirectory(), old);
      assertEquals("new", readContent(rootDirectory(), old));
      assertEquals(Set.of(old), listNames(rootDirectory()));
      makeEntry(() -> rootDirectory().remove(old));
    }
    for (Executable maker : makersOfNonDirectories(A)) {
      createFile(rootDirectory(), old, "old");
      makeEntry(maker);
      EntryStat moved = requireStat(rootDirectory(), A);
      rootDirectory().rename(A, rootDirectory(), old);
      assertEquals(moved.type(), requireStat(rootDirectory(), old).type());
      assertTrue(isSameInode(moved, requireStat(rootDirectory(), old)));
      rootDirectory().remove(old);
    }
  }

  @Test
  void renameReplacesAnEmptyDirectoryByADirectory() throws IOException {
    rootDirectory().createDirectory(A);
    rootDirectory().createDirectory(B);
    try (LayerDirectory directory = rootDirectory().open(A)) {
      createFile(directory, A, "x");
    }
    EntryStat moved = requireStat(rootDirectory(), A);
    rootDirectory().rename(A, rootDirectory(), B);
    assertTrue(isSameInode(moved, requireStat(rootDirectory(), B)));
    assertEquals(Set.of(B), listNames(rootDirectory()));
  }

  @Test
  void renameRefusesOtherReplacements() throws IOException {
    Name full = Name.of("full");
    rootDirectory().createDirectory(A);
    rootDirectory().createDirectory(full);
    try (LayerDirectory directory = rootDirectory().open(full)) {
      createFile(directory, A, "x");
    }
    createFile(rootDirectory(), B, "x");
    Set<Name> before = listNames(rootDirectory());
    assertThrows(
        DirectoryNotEmptyException.class, () -> rootDirectory().rename(A, rootDirectory(), full));
    assertThrows(NotDirectoryException.class, () -> rootDirectory().rename(A, rootDirectory(), B));
    assertThrows(FileSystemException.class, () -> rootDirectory().rename(B, rootDirectory(), A));
    assertThrows(
        NoSuchFileException.class, () -> rootDirectory().rename(MISSING, rootDirectory(), B));
    try (LayerDirectory directory = rootDirectory().open(full)) {
      assertThrows(FileSystemException.class, () -> rootDirectory().rename(full, directory, B));
    }
    assertEquals(before, listNames(rootDirectory()));
    assertEquals("x", readContent(rootDirectory(), B));
  }

  @Test
  void renameBetweenLinksOfOneInodeDoesNothing() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().createLink(A, rootDirectory(), B);
    rootDirectory().rename(A, rootDirectory(), B);
    assertEquals(Set.of(A, B), listNames(rootDirectory()));
    rootDirectory().rename(A, rootDirectory(), A);
    assertEquals(Set.of(A, B), listNames(rootDirectory()));
  }
}
