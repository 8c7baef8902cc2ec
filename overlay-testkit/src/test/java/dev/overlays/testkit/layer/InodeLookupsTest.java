package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.testkit.fault.FaultyFileSystem;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the portable store asks a jimfs of the kit: a look-up is most of what a view costs. */
class InodeLookupsTest {
  private static final Name FILE = Name.of("file");
  private static final Name NEW = Name.of("new");

  private FaultyFileSystem files;
  private LayerDirectory root;

  @BeforeEach
  void openRoot() throws IOException {
    files = FaultyFileSystem.over(InMemoryFileSystems.create());
    root = new PortableLayerStore().open(Files.createDirectory(files.getPath("/root")));
    root.createFile(FILE).close();
    files.faults().startRecording();
  }

  @AfterEach
  void closeRoot() throws IOException {
    root.close();
    files.close();
  }

  @FunctionalInterface
  private interface StoreCall {
    void run() throws IOException;
  }

  private void assertAsks(List<FileOperation> expected, StoreCall call) throws IOException {
    int before = files.faults().recordedOperations().size();
    call.run();
    List<RecordedOperation> all = files.faults().recordedOperations();
    assertEquals(
        expected,
        all.subList(before, all.size()).stream().map(RecordedOperation::operation).toList());
  }

  @Test
  void everythingIsReadByOneLookUp() throws IOException {
    assertAsks(List.of(FileOperation.STAT), () -> root.stat(FILE));
    assertAsks(List.of(FileOperation.STAT), () -> root.stat(NEW));
    assertAsks(List.of(FileOperation.STAT), () -> root.stat(Name.SELF));
    assertAsks(List.of(FileOperation.STAT), () -> root.xattrs(FILE));
    assertAsks(List.of(FileOperation.STAT), () -> root.xattr(FILE, "trusted.overlay.opaque"));
  }

  @Test
  void changesLookUpAsLittleAsTheyCan() throws IOException {
    assertAsks(List.of(FileOperation.CREATE_FILE), () -> root.createFile(NEW, 0644));
    assertAsks(List.of(FileOperation.SET_MODE), () -> root.setMode(NEW, 0600));
    assertAsks(List.of(FileOperation.STAT, FileOperation.REMOVE), () -> root.remove(NEW));
    assertAsks(
        List.of(FileOperation.STAT, FileOperation.RENAME), () -> root.rename(FILE, root, NEW));
    assertAsks(
        List.of(FileOperation.STAT),
        () -> assertThrows(NoSuchFileException.class, () -> root.rename(FILE, root, NEW)));
    assertAsks(
        List.of(FileOperation.STAT, FileOperation.OPEN_FOR_WRITING),
        () -> root.openFile(NEW, true).close());
  }

  @Test
  void aListingLooksUpEachEntryOnce() throws IOException {
    List<FileOperation> expected =
        List.of(FileOperation.LIST, FileOperation.STAT, FileOperation.STAT, FileOperation.STAT);
    for (String name : List.of("a", "b")) {
      root.createFile(Name.of(name), 0644);
    }
    assertAsks(
        expected,
        () -> {
          EntryCursor entries = root.entries();
          int listed = 0;
          while (entries.next() != null) {
            listed++;
          }
          assertEquals(3, listed);
        });
  }
}
