package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Directories that an import has made for whiteouts only. */
class WhiteoutOnlyDirectoriesTest {
  private final WhiteoutOnlyDirectories known = new WhiteoutOnlyDirectories();
  private LayerInMemory layer;

  @BeforeEach
  void makeLayer() throws IOException {
    layer = new LayerInMemory();
  }

  @AfterEach
  void everythingIsClosed() throws IOException {
    layer.store().assertAllClosed();
    layer.close();
  }

  private void addCreated(String path, int there) {
    known.addCreated(LayerInMemory.namesOf(path), there);
  }

  private boolean holdsWhiteoutsOnly(String path) throws IOException {
    return layer.runAt(
        path,
        (directory, name) -> known.holdsWhiteoutsOnly(directory, LayerInMemory.namesOf(path)));
  }

  @Test
  void directoriesThatExistedBeforeAreNoneOfThese() throws IOException {
    layer.addWhiteout("a/b/c/gone");
    addCreated("a/b/c", 1);
    assertEquals(
        List.of(false, true, true),
        List.of(holdsWhiteoutsOnly("a"), holdsWhiteoutsOnly("a/b"), holdsWhiteoutsOnly("a/b/c")));
  }

  @Test
  void directoryWithAnythingOfItsOwnIsKept() throws IOException {
    layer.addWhiteout("d/a").addWhiteout("d/e/gone").addFile("d/e/f/file", "x").addWhiteout("d/z");
    addCreated("d/e/f", 0);
    layer.addWhiteout("w/a").addWhiteout("w/e/gone").addDirectory("w/e/plain", 0755);
    addCreated("w/e", 0);
    for (String path : List.of("d", "d/e", "d/e/f", "w", "w/e")) {
      assertEquals(false, holdsWhiteoutsOnly(path), path);
    }
  }

  /** An archive may have the entry of a directory after what is in it. */
  @Test
  void directoryWithAnEntryIsKeptAndSoAreThoseAroundIt() throws IOException {
    layer.addWhiteout("a/b/gone");
    addCreated("a/b", 0);
    assertTrue(holdsWhiteoutsOnly("a"));
    known.removeNamed(LayerInMemory.namesOf("a/b"));
    assertEquals(
        List.of(false, false), List.of(holdsWhiteoutsOnly("a"), holdsWhiteoutsOnly("a/b")));
    known.removeNamed(LayerInMemory.namesOf("no/such"));
  }

  /** Any number of directories may be in an archive; memory does not grow with it. */
  @Test
  void numberOfRememberedDirectoriesIsLimited() throws IOException {
    int most = 10_000;
    List<Name> names = new ArrayList<>();
    for (int i = 0; i < most + 10; i++) {
      names.add(Name.of("d" + i));
    }
    known.addCreated(names.subList(0, 20), 0);
    for (int i = 20; i < names.size(); i++) {
      known.addCreated(List.of(names.get(i)), 0);
    }
    layer.addWhiteout("d" + (most - 1) + "/gone").addWhiteout("d" + most + "/gone");
    assertTrue(holdsWhiteoutsOnly("d" + (most - 1)));
    assertEquals(false, holdsWhiteoutsOnly("d" + most), "kept as an empty directory");
  }
}
