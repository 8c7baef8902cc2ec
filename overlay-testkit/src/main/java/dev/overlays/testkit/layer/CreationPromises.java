package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Creating entries of every type. */
abstract class CreationPromises extends StorePromises {

  CreationPromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void missingEntryHasNoStat() throws IOException {
    assertEquals(Optional.empty(), root().stat(MISSING));
  }

  @Test
  void newEntriesBelongToTheirOwnerOnly() throws IOException {
    file(root(), A, "");
    root().createDirectory(B);
    root().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    assertEquals(0600, present(root(), A).mode());
    assertEquals(0700, present(root(), B).mode());
    assertEquals(0600, present(root(), Name.of("pipe")).mode());
    assertEquals(present(root(), Name.SELF).owner(), present(root(), A).owner());
  }

  @Test
  void nothingIsMadeOverWhatIsThere() throws IOException {
    file(root(), A, "kept");
    root().createDirectory(B);
    Name link = Name.of("link");
    root().createSymlink(link, bytes("missing"));
    for (Name name : List.of(A, B, link)) {
      List<Executable> makers =
          List.of(
              () -> root().createFile(name).close(),
              () -> root().createDirectory(name),
              () -> root().createSymlink(name, bytes("x")),
              () -> root().createNode(name, EntryType.FIFO, 0, 0),
              () -> root().createWhiteout(name),
              () -> root().createLink(A, root(), name));
      for (Executable maker : makers) {
        assertThrows(FileAlreadyExistsException.class, maker, name::toString);
      }
    }
    assertEquals("kept", content(root(), A));
    assertEquals(Set.of(A, B, link), names(root()));
  }

  @Test
  void symlinksKeepTheirTarget() throws IOException {
    List<String> targets =
        new ArrayList<>(List.of("a", "../é", "/a b/\\", "../../../é/..", "x".repeat(1000), "."));
    if (contract().anySymlinkTarget()) {
      targets.addAll(List.of("a//b/", "/", "./a/.", "//"));
    }
    for (String target : targets) {
      root().createSymlink(A, bytes(target));
      assertEquals(EntryType.SYMLINK, present(root(), A).type());
      assertArrayEquals(bytes(target), root().readSymlink(A));
      root().remove(A);
    }
    file(root(), A, "");
    assertThrows(FileSystemException.class, () -> root().readSymlink(A));
    assertThrows(NoSuchFileException.class, () -> root().readSymlink(MISSING));
  }

  @Test
  void pipesAndSocketsAreNodes() throws IOException {
    root().createNode(A, EntryType.FIFO, 0, 0);
    root().createNode(B, EntryType.SOCKET, 0, 0);
    assertEquals(EntryType.FIFO, present(root(), A).type());
    assertEquals(EntryType.SOCKET, present(root(), B).type());
    root().setMode(A, 0640);
    root().setTimes(A, EARLY, LATE);
    root().rename(A, root(), MISSING);
    EntryStat stat = present(root(), MISSING);
    assertEquals(EntryType.FIFO, stat.type());
    assertEquals(0640, stat.mode());
    assertEquals(LATE, stat.modified());
    assertEquals(List.of(), root().xattrs(MISSING));
  }

  @Test
  void devicesKeepTheirNumbers() throws IOException {
    assumeTrue(contract().devices());
    root().createNode(A, EntryType.CHARACTER_DEVICE, 1, 3);
    root().createNode(B, EntryType.BLOCK_DEVICE, 259, 70_000);
    EntryStat a = present(root(), A);
    EntryStat b = present(root(), B);
    assertEquals(EntryType.CHARACTER_DEVICE, a.type());
    assertEquals(List.of(1, 3), List.of(a.deviceMajor(), a.deviceMinor()));
    assertEquals(EntryType.BLOCK_DEVICE, b.type());
    assertEquals(List.of(259, 70_000), List.of(b.deviceMajor(), b.deviceMinor()));
    assertFalse(a.isWhiteoutDevice());
  }

  @Test
  void whiteoutIsADeviceThatShowsNoMark() throws IOException {
    root().createWhiteout(A);
    assertTrue(present(root(), A).isWhiteoutDevice());
    assertEquals(List.of(), root().xattrs(A));
    root().rename(A, root(), B);
    assertTrue(present(root(), B).isWhiteoutDevice());
    root().remove(B);
    assertEquals(Set.of(), names(root()));
  }
}
