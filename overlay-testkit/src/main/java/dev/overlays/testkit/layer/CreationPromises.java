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
    assertEquals(Optional.empty(), rootDirectory().stat(MISSING));
  }

  @Test
  void newEntriesBelongToTheirOwnerOnly() throws IOException {
    createFile(rootDirectory(), A, "");
    rootDirectory().createDirectory(B);
    rootDirectory().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    assertEquals(0600, requireStat(rootDirectory(), A).mode());
    assertEquals(0700, requireStat(rootDirectory(), B).mode());
    assertEquals(0600, requireStat(rootDirectory(), Name.of("pipe")).mode());
    assertEquals(
        requireStat(rootDirectory(), Name.SELF).owner(), requireStat(rootDirectory(), A).owner());
  }

  @Test
  void newFilesCanHaveAnyModeAtOnce() throws IOException {
    int[] modes =
        storeContract().maySetOwners() ? new int[] {0, 0640, 0666, 06755} : new int[] {0640};
    for (int mode : modes) {
      rootDirectory().createFile(A, mode);
      assertEquals(mode, requireStat(rootDirectory(), A).mode());
      assertEquals(0, requireStat(rootDirectory(), A).size());
      rootDirectory().remove(A);
    }
  }

  @Test
  void nothingIsMadeOverWhatIsThere() throws IOException {
    createFile(rootDirectory(), A, "kept");
    rootDirectory().createDirectory(B);
    Name link = Name.of("link");
    rootDirectory().createSymlink(link, utf8Bytes("missing"));
    for (Name name : List.of(A, B, link)) {
      List<Executable> makers =
          List.of(
              () -> rootDirectory().createFile(name).close(),
              () -> rootDirectory().createFile(name, 0644),
              () -> rootDirectory().createDirectory(name),
              () -> rootDirectory().createSymlink(name, utf8Bytes("x")),
              () -> rootDirectory().createNode(name, EntryType.FIFO, 0, 0),
              () -> rootDirectory().createWhiteout(name),
              () -> rootDirectory().createLink(A, rootDirectory(), name));
      for (Executable maker : makers) {
        assertThrows(FileAlreadyExistsException.class, maker, name::toString);
      }
    }
    assertEquals("kept", readContent(rootDirectory(), A));
    assertEquals(Set.of(A, B, link), listNames(rootDirectory()));
  }

  @Test
  void symlinksKeepTheirTarget() throws IOException {
    List<String> targets =
        new ArrayList<>(List.of("a", "../é", "/a b/\\", "../../../é/..", "x".repeat(1000), "."));
    if (storeContract().keepsAnySymlinkTarget()) {
      targets.addAll(List.of("a//b/", "/", "./a/.", "//"));
    }
    for (String target : targets) {
      rootDirectory().createSymlink(A, utf8Bytes(target));
      assertEquals(EntryType.SYMLINK, requireStat(rootDirectory(), A).type());
      assertArrayEquals(utf8Bytes(target), rootDirectory().readSymlink(A));
      rootDirectory().remove(A);
    }
    createFile(rootDirectory(), A, "");
    assertThrows(FileSystemException.class, () -> rootDirectory().readSymlink(A));
    assertThrows(NoSuchFileException.class, () -> rootDirectory().readSymlink(MISSING));
  }

  @Test
  void pipesAndSocketsAreNodes() throws IOException {
    rootDirectory().createNode(A, EntryType.FIFO, 0, 0);
    rootDirectory().createNode(B, EntryType.SOCKET, 0, 0);
    assertEquals(EntryType.FIFO, requireStat(rootDirectory(), A).type());
    assertEquals(EntryType.SOCKET, requireStat(rootDirectory(), B).type());
    rootDirectory().setMode(A, 0640);
    rootDirectory().setTimes(A, EARLY, LATE);
    rootDirectory().rename(A, rootDirectory(), MISSING);
    EntryStat stat = requireStat(rootDirectory(), MISSING);
    assertEquals(EntryType.FIFO, stat.type());
    assertEquals(0640, stat.mode());
    assertEquals(LATE, stat.modified());
    assertEquals(List.of(), rootDirectory().xattrs(MISSING));
  }

  @Test
  void devicesKeepTheirNumbers() throws IOException {
    assumeTrue(storeContract().mayCreateDevices());
    rootDirectory().createNode(A, EntryType.CHARACTER_DEVICE, 1, 3);
    rootDirectory().createNode(B, EntryType.BLOCK_DEVICE, 259, 70_000);
    EntryStat a = requireStat(rootDirectory(), A);
    EntryStat b = requireStat(rootDirectory(), B);
    assertEquals(EntryType.CHARACTER_DEVICE, a.type());
    assertEquals(List.of(1, 3), List.of(a.deviceMajor(), a.deviceMinor()));
    assertEquals(EntryType.BLOCK_DEVICE, b.type());
    assertEquals(List.of(259, 70_000), List.of(b.deviceMajor(), b.deviceMinor()));
    assertFalse(a.isWhiteoutDevice());
  }

  @Test
  void whiteoutIsADeviceThatShowsNoMark() throws IOException {
    rootDirectory().createWhiteout(A);
    assertTrue(requireStat(rootDirectory(), A).isWhiteoutDevice());
    assertEquals(List.of(), rootDirectory().xattrs(A));
    rootDirectory().rename(A, rootDirectory(), B);
    assertTrue(requireStat(rootDirectory(), B).isWhiteoutDevice());
    rootDirectory().remove(B);
    assertEquals(Set.of(), listNames(rootDirectory()));
  }
}
