package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Inodes and their names. */
abstract class InodePromises extends StorePromises {

  InodePromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void linkIsTheSameInode() throws IOException {
    rootDirectory().createDirectory(B);
    createFile(rootDirectory(), A, "one");
    assertEquals(1, requireStat(rootDirectory(), A).links());
    try (LayerDirectory directory = rootDirectory().open(B)) {
      rootDirectory().createLink(A, directory, A);
      assertTrue(isSameInode(requireStat(rootDirectory(), A), requireStat(directory, A)));
      assertEquals(storeContract().countsLinks() ? 2 : 1, requireStat(rootDirectory(), A).links());
      rootDirectory().remove(A);
      assertEquals("one", readContent(directory, A));
      assertEquals(1, requireStat(directory, A).links());
    }
  }

  @Test
  void linksAreForWhatIsThereAndNoDirectory() throws IOException {
    rootDirectory().createDirectory(A);
    assertThrows(
        FileSystemException.class, () -> rootDirectory().createLink(A, rootDirectory(), B));
    assertThrows(
        NoSuchFileException.class, () -> rootDirectory().createLink(MISSING, rootDirectory(), B));
    assertEquals(Set.of(A), listNames(rootDirectory()));
  }

  /** A store that cannot link a symbolic link must not link its target instead. */
  @Test
  void symlinkItselfIsLinkedOrRefused() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().createSymlink(B, utf8Bytes("a"));
    if (!storeContract().linksSymlinks()) {
      assertThrows(
          FileSystemException.class,
          () -> rootDirectory().createLink(B, rootDirectory(), Name.of("second")));
      assertEquals(Set.of(A, B), listNames(rootDirectory()));
      return;
    }
    rootDirectory().createLink(B, rootDirectory(), Name.of("second"));
    assertEquals(EntryType.SYMLINK, requireStat(rootDirectory(), Name.of("second")).type());
    assertTrue(
        isSameInode(
            requireStat(rootDirectory(), B), requireStat(rootDirectory(), Name.of("second"))));
  }

  @Test
  void inodesDiffer() throws IOException {
    createFile(rootDirectory(), A, "");
    rootDirectory().createDirectory(B);
    assertFalse(isSameInode(requireStat(rootDirectory(), A), requireStat(rootDirectory(), B)));
    assertFalse(
        isSameInode(requireStat(rootDirectory(), Name.SELF), requireStat(rootDirectory(), B)));
    assertEquals(
        requireStat(rootDirectory(), A).device(), requireStat(rootDirectory(), B).device());
  }

  @Test
  void birthTimeIsThatOfTheInode() throws IOException {
    createFile(rootDirectory(), A, "a");
    Optional<Instant> birth = rootDirectory().birthTime(A);
    assertThrows(NoSuchFileException.class, () -> rootDirectory().birthTime(MISSING));
    rootDirectory().createLink(A, rootDirectory(), Name.of("link"));
    rootDirectory().rename(A, rootDirectory(), B);
    assertEquals(birth, rootDirectory().birthTime(B));
    assertEquals(birth, rootDirectory().birthTime(Name.of("link")));
  }

  @Test
  void handlesTellInodesApart() throws IOException {
    createFile(rootDirectory(), A, "a");
    createFile(rootDirectory(), B, "b");
    rootDirectory().createLink(A, rootDirectory(), Name.of("link"));
    Optional<byte[]> handle = rootDirectory().fileHandle(A);
    assertThrows(NoSuchFileException.class, () -> rootDirectory().fileHandle(MISSING));
    if (handle.isEmpty()) {
      assertEquals(Optional.empty(), rootDirectory().fileHandle(B));
    } else {
      assertArrayEquals(handle.get(), rootDirectory().fileHandle(Name.of("link")).orElseThrow());
      assertFalse(Arrays.equals(handle.get(), rootDirectory().fileHandle(B).orElseThrow()));
    }
  }
}
