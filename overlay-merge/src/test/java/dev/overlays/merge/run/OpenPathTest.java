package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests {@link DescendingDirectory} and {@link DirectoryOpening}. */
class OpenPathTest {
  private static final int ROOT = 1;

  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
  private LayerDirectory root;

  OpenPathTest() throws IOException {}

  @BeforeEach
  void openRoot() throws IOException {
    layers.addFile("upper/a/b/c/file", "");
    root = store.open(layers.pathOf("upper"));
  }

  @AfterEach
  void closeRoot() throws IOException {
    root.close();
    store.assertAllClosed();
  }

  private static List<Name> names(String... names) {
    return Stream.of(names).map(Name::of).toList();
  }

  @Test
  void descentKeepsOnlyTheCurrentDirectoryOpen() throws IOException {
    try (DescendingDirectory at = new DescendingDirectory(root)) {
      assertSame(root, at.currentDirectory());
      for (String name : List.of("a", "b", "c")) {
        at.descendTo(Name.of(name));
        assertEquals(ROOT + 1, store.openHandles(), name);
      }
      assertEquals("/root/upper/a/b/c", at.currentDirectory().toString());
    }
    assertEquals(ROOT, store.openHandles(), "the first directory is the caller's");
  }

  @Test
  void failedDescentStaysWhereItIs() throws IOException {
    try (DescendingDirectory at = new DescendingDirectory(root)) {
      at.descendTo(Name.of("a"));
      assertThrows(NoSuchFileException.class, () -> at.descendTo(Name.of("none")));
      assertEquals("/root/upper/a", at.currentDirectory().toString());
      at.descendTo(Name.of("b"));
    }
  }

  @Test
  void openedPathIsTheOnlyOpenDirectory() throws IOException {
    try (LayerDirectory directory = DirectoryOpening.openPath(root, names("a", "b", "c"))) {
      assertEquals("/root/upper/a/b/c", directory.toString());
      assertEquals(ROOT + 1, store.openHandles());
    }
  }

  /** Opening a directory of the path fails at each of its names. */
  @Test
  void pathThatCannotBeOpenedLeavesNothingOpen() {
    for (int i = 1; i <= 3; i++) {
      store.faults().failAt(FileOperation.OPEN, 1 + (long) i * (i + 1) / 2, FaultKind.INPUT_OUTPUT);
      assertThrows(
          IOException.class, () -> DirectoryOpening.openPath(root, names("a", "b", "c")), "" + i);
      assertEquals(ROOT, store.openHandles());
    }
  }

  @Test
  void actionInAnEmptyPathRunsInTheRoot() throws IOException {
    DirectoryOpening.runInDirectory(root, List.of(), directory -> assertSame(root, directory));
    assertEquals(ROOT, store.openHandles());
  }

  @Test
  void directoryOfAFailedActionIsClosed() {
    assertThrows(
        NoSuchFileException.class,
        () ->
            DirectoryOpening.runInDirectory(
                root, names("a", "b"), directory -> directory.remove(Name.of("none"))));
    assertEquals(ROOT, store.openHandles());
  }
}
