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
    root().createDirectory(B);
    file(root(), A, "one");
    assertEquals(1, present(root(), A).links());
    try (LayerDirectory directory = root().open(B)) {
      root().createLink(A, directory, A);
      assertTrue(same(present(root(), A), present(directory, A)));
      assertEquals(contract().linkCounts() ? 2 : 1, present(root(), A).links());
      root().remove(A);
      assertEquals("one", content(directory, A));
      assertEquals(1, present(directory, A).links());
    }
  }

  @Test
  void linksAreForWhatIsThereAndNoDirectory() throws IOException {
    root().createDirectory(A);
    assertThrows(FileSystemException.class, () -> root().createLink(A, root(), B));
    assertThrows(NoSuchFileException.class, () -> root().createLink(MISSING, root(), B));
    assertEquals(Set.of(A), names(root()));
  }

  /** A store that cannot link a symbolic link must not link its target instead. */
  @Test
  void symlinkItselfIsLinkedOrRefused() throws IOException {
    file(root(), A, "x");
    root().createSymlink(B, bytes("a"));
    if (!contract().linkedSymlinks()) {
      assertThrows(
          FileSystemException.class, () -> root().createLink(B, root(), Name.of("second")));
      assertEquals(Set.of(A, B), names(root()));
      return;
    }
    root().createLink(B, root(), Name.of("second"));
    assertEquals(EntryType.SYMLINK, present(root(), Name.of("second")).type());
    assertTrue(same(present(root(), B), present(root(), Name.of("second"))));
  }

  @Test
  void inodesDiffer() throws IOException {
    file(root(), A, "");
    root().createDirectory(B);
    assertFalse(same(present(root(), A), present(root(), B)));
    assertFalse(same(present(root(), Name.SELF), present(root(), B)));
    assertEquals(present(root(), A).device(), present(root(), B).device());
  }

  @Test
  void birthTimeIsThatOfTheInode() throws IOException {
    file(root(), A, "a");
    Optional<Instant> birth = root().birthTime(A);
    assertThrows(NoSuchFileException.class, () -> root().birthTime(MISSING));
    root().createLink(A, root(), Name.of("link"));
    root().rename(A, root(), B);
    assertEquals(birth, root().birthTime(B));
    assertEquals(birth, root().birthTime(Name.of("link")));
  }

  @Test
  void handlesTellInodesApart() throws IOException {
    file(root(), A, "a");
    file(root(), B, "b");
    root().createLink(A, root(), Name.of("link"));
    Optional<byte[]> handle = root().fileHandle(A);
    assertThrows(NoSuchFileException.class, () -> root().fileHandle(MISSING));
    if (handle.isEmpty()) {
      assertEquals(Optional.empty(), root().fileHandle(B));
    } else {
      assertArrayEquals(handle.get(), root().fileHandle(Name.of("link")).orElseThrow());
      assertFalse(Arrays.equals(handle.get(), root().fileHandle(B).orElseThrow()));
    }
  }
}
