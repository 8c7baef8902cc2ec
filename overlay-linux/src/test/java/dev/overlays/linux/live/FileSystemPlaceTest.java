package dev.overlays.linux.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Places in file systems do not depend on the mount by which they are reached. */
class FileSystemPlaceTest {
  private static FileSystemPlace place(String path) {
    return new FileSystemPlace("8:1", Path.of(path));
  }

  private static MountRecord mount(int id, int parent, String device, String root, String point) {
    return MountTable.parse(
            "%d %d %s %s %s rw - ext4 none rw".formatted(id, parent, device, root, point))
        .orElseThrow();
  }

  @Test
  void directoriesThatShareFilesOverlap() {
    assertTrue(place("/a/b").overlapsPlace(place("/a/b")));
    assertTrue(place("/a/b").overlapsPlace(place("/a/b/c")));
    assertTrue(place("/a/b/c").overlapsPlace(place("/a/b")));
    assertTrue(place("/").overlapsPlace(place("/a")));
    assertFalse(place("/a/b").overlapsPlace(place("/a/bc")));
    assertFalse(place("/a").overlapsPlace(new FileSystemPlace("8:2", Path.of("/a"))));
  }

  @Test
  void aLayerIsAboveWhatTheViewShowsOfIt() {
    assertEquals(Optional.of(place("/x/l")), place("/x/l/a/b").placeAbove(Path.of("a/b")));
    assertEquals(Optional.of(place("/")), place("/a/b").placeAbove(Path.of("a/b")));
    assertEquals(Optional.of(place("/x/l")), place("/x/l").placeAbove(Path.of("")));
    assertEquals(Optional.empty(), place("/x/l/c").placeAbove(Path.of("a")));
    assertEquals(Optional.empty(), place("/b").placeAbove(Path.of("a/b")));
  }

  /** Neither the overlay nor what was mounted on it later is looked at. */
  @Test
  void whatAMountCoversIsInTheOneBelow() {
    MountRecord cover = mount(30, 20, "0:40", "/", "/usr");
    List<MountRecord> table =
        List.of(
            mount(10, 1, "8:1", "/", "/"),
            mount(20, 10, "8:2", "/sub", "/usr"),
            cover,
            mount(40, 30, "0:50", "/", "/usr"),
            mount(50, 40, "0:60", "/", "/usr/local"));
    FileSystemPlace expected = new FileSystemPlace("8:2", Path.of("/sub/local"));
    assertEquals(
        Optional.of(expected), FileSystemPlace.placeUnder(cover, Path.of("/usr/local"), table));
  }
}
