package dev.overlays.testkit.union;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Creates files in directories that only the upper has, that lowers have, too, and that hide lowers
 * by a whiteout: each is created in another way, and none may be seen.
 */
class FileCreationTest {
  private static final String ONLY_UPPER = "upper";
  private static final String MERGED = "merged";
  private static final String WHITEOUT = "whiteout";

  private UnionFixture bed;
  private FaultyLayerStore store;
  private UnionFileSystem union;

  @BeforeEach
  void openUnion() throws IOException {
    bed = new UnionFixture(1);
    Files.createDirectory(bed.topLower().resolve(MERGED));
    Files.createDirectory(bed.topLower().resolve(WHITEOUT));
    Files.writeString(bed.topLower().resolve(WHITEOUT).resolve("file"), "of the lower");
    store = new FaultyLayerStore(new PortableLayerStore());
    union = UnionFileSystems.open(bed.specBuilder().build(), store);
    Files.createDirectory(union.getPath("/" + ONLY_UPPER));
    Files.delete(union.getPath("/" + WHITEOUT + "/file"));
  }

  @AfterEach
  void closeUnion() throws IOException {
    union.close();
    store.assertAllClosed();
    bed.close();
  }

  private Path fileIn(String directory) {
    return union.getPath("/" + directory + "/file");
  }

  @ParameterizedTest
  @ValueSource(strings = {ONLY_UPPER, MERGED, WHITEOUT})
  void aNewFileHasItsModeAndContent(String directory) throws IOException {
    Files.writeString(fileIn(directory), "new");
    assertEquals("new", Files.readString(fileIn(directory)));
    assertEquals(FileModes.applyUmask(0666), permissionsOf(fileIn(directory)));
    assertThrows(FileAlreadyExistsException.class, () -> Files.createFile(fileIn(directory)));
    assertEquals("new", Files.readString(fileIn(directory)));
  }

  private static int permissionsOf(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode") & 07777;
  }

  @ParameterizedTest
  @ValueSource(strings = {ONLY_UPPER, MERGED, WHITEOUT})
  void whatIsThereIsOpenedAndNotReplaced(String directory) throws IOException {
    Path file = fileIn(directory);
    Files.writeString(file, "kept");
    Files.writeString(file, " too", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    assertEquals("kept too", Files.readString(file));
    Path link = Files.createSymbolicLink(file.resolveSibling("link"), file.getFileName());
    Files.writeString(link, "by the link");
    assertEquals("by the link", Files.readString(file));
    Path dangling =
        Files.createSymbolicLink(
            file.resolveSibling("dangling"), union.getPath("/" + directory + "/target"));
    Files.writeString(dangling, "made");
    assertEquals("made", Files.readString(file.resolveSibling("target")));
    assertTrue(Files.isSymbolicLink(dangling));
    Path inner = Files.createDirectory(file.resolveSibling("inner"));
    assertThrows(FileSystemException.class, () -> Files.writeString(inner, "no file"));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONLY_UPPER, MERGED, WHITEOUT})
  void aDirectoryPassesOnItsGroup(String directory) throws IOException {
    Path parent = union.getPath("/" + directory);
    Files.setAttribute(parent, "unix:gid", 7);
    Files.setAttribute(parent, "unix:mode", 02755);
    Files.createFile(fileIn(directory));
    assertEquals(7, Files.getAttribute(fileIn(directory), "unix:gid"));
    assertEquals(FileModes.applyUmask(0666), permissionsOf(fileIn(directory)));
  }

  private void makeImmutable(String directory) throws IOException {
    Path path = union.getPath("/" + directory);
    // This copies it up.
    Files.setLastModifiedTime(path, Files.getLastModifiedTime(path));
    try (LayerDirectory upper = new PortableLayerStore().open(bed.upper)) {
      upper.setProtection(Name.of(directory), true, false);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ONLY_UPPER, MERGED, WHITEOUT})
  void nothingIsCreatedInAnImmutableDirectory(String directory) throws IOException {
    makeImmutable(directory);
    assertThrows(FileSystemException.class, () -> Files.createFile(fileIn(directory)));
    assertFalse(Files.exists(fileIn(directory)));
    assertThrows(
        NoSuchFileException.class, () -> Files.writeString(fileIn(directory + "/missing"), ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONLY_UPPER, MERGED, WHITEOUT})
  void nothingIsCreatedInAReadOnlyView(String directory) throws IOException {
    assertTrue(union.remount(true));
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> Files.createFile(fileIn(directory)));
    assertEquals("Read-only file system", e.getReason());
    assertFalse(Files.exists(fileIn(directory)));
  }

  @Test
  void aFileOfTheLowerIsThereToo() throws IOException {
    Files.writeString(bed.topLower().resolve(MERGED).resolve("file"), "of the lower");
    Files.createFile(union.getPath("/" + MERGED + "/other"));
    assertThrows(FileAlreadyExistsException.class, () -> Files.createFile(fileIn(MERGED)));
    Files.writeString(fileIn(MERGED), "!", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    assertEquals("of the lower!", Files.readString(fileIn(MERGED)));
  }

  /** It is the last directory that must take a new file, not one on the way to it. */
  @Test
  void theWayToADirectoryMayLeadThroughAnImmutableOne() throws IOException {
    Files.createSymbolicLink(
        union.getPath("/" + MERGED + "/link"), union.getPath("/" + WHITEOUT + "/by-link"));
    Files.createSymbolicLink(union.getPath("/" + MERGED + "/out"), union.getPath("/by-out"));
    makeImmutable(MERGED);
    Files.createFile(union.getPath("/" + MERGED + "/../file"));
    Files.writeString(union.getPath("/" + MERGED + "/link"), "1");
    Files.writeString(union.getPath("/" + MERGED + "/out"), "2");
    assertTrue(Files.exists(union.getPath("/file")));
    assertEquals("1", Files.readString(union.getPath("/" + WHITEOUT + "/by-link")));
    assertEquals("2", Files.readString(union.getPath("/by-out")));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONLY_UPPER, MERGED, WHITEOUT})
  void aCreationThatFailsLeavesTheViewAsItWas(String directory) throws IOException {
    List<String> shown = ShownView.of(union.getPath("/"));
    // The last change opens the file that was created.
    for (long i = 1; i <= changesOfACreation(directory) - 1; i++) {
      store.failAt(store.changeCount() + i, FaultKind.NO_SPACE);
      assertThrows(FileSystemException.class, () -> Files.createFile(fileIn(directory)));
      assertEquals(shown, ShownView.of(union.getPath("/")), "failed at " + i);
    }
    Files.createFile(fileIn(directory));
    assertTrue(Files.exists(fileIn(directory)));
  }

  private long changesOfACreation(String directory) throws IOException {
    long before = store.changeCount();
    Files.createFile(fileIn(directory));
    long changes = store.changeCount() - before;
    Files.delete(fileIn(directory));
    return changes;
  }
}
