package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerViewTest {
  private static final Instant TIME = Instant.ofEpochSecond(1_000_000_000, 5);

  private final LayerFixture trees = new LayerFixture();
  private final FaultyLayerStore store = trees.store;
  private final Path upper = trees.upper;
  private final Path middle = trees.middle;
  private final Path lower = trees.lower;

  LayerViewTest() throws IOException {}

  private List<String> shownNames(Path... lowers) throws IOException {
    return trees.shownNames(lowers);
  }

  private LayerView upperAlone() {
    return LayerView.ofSingleLayer(store, upper, MarkNamespace.USER);
  }

  @Test
  void directoriesAreMergedAndUpperEntriesWin() throws IOException {
    LayerFixture.createFiles(lower, "d/same", "d/below", "f");
    LayerFixture.createFiles(upper, "d/same", "d/above");
    assertEquals(List.of(".", "d", "d/above", "d/below", "d/same", "f"), shownNames(lower));
    String same = LayerView.of(store, upper, List.of(lower), MarkNamespace.USER).manifest().get(4);
    String plain = upperAlone().manifest().get(3);
    assertEquals(plain, same);
  }

  @Test
  void whiteoutsHideAndAreHidden() throws IOException {
    LayerFixture.createFiles(lower, "d/gone", "d/stays", "gone/x");
    trees.createWhiteout(upper.resolve("d"), "gone");
    trees.createWhiteout(upper, "gone");
    trees.createWhiteout(upper, "never");
    assertEquals(List.of(".", "d", "d/stays"), shownNames(lower));
  }

  @Test
  void markedEmptyFilesAreWhiteouts() throws IOException {
    LayerFixture.createFiles(lower, "gone");
    Files.createFile(upper.resolve("gone"));
    trees.setMark(upper.resolve("gone"), Mark.WHITEOUT, "");
    assertEquals(List.of("."), shownNames(lower));
  }

  @Test
  void opaqueDirectoriesHideWhatIsBelow() throws IOException {
    LayerFixture.createFiles(lower, "d/gone", "e/stays");
    LayerFixture.createFiles(upper, "d/own", "e/own");
    trees.setMark(upper.resolve("d"), Mark.OPAQUE, "y");
    trees.setMark(upper.resolve("e"), Mark.OPAQUE, "x");
    assertEquals(List.of(".", "d", "d/own", "e", "e/own", "e/stays"), shownNames(lower));
  }

  @Test
  void entriesOfDifferentKindsHideEachOther() throws IOException {
    LayerFixture.createFiles(lower, "d/x", "f");
    LayerFixture.createFiles(upper, "d", "f/y");
    assertEquals(List.of(".", "d", "f", "f/y"), shownNames(lower));
  }

  @Test
  void aMiddleLayerCanEndAMerge() throws IOException {
    LayerFixture.createFiles(lower, "file/no", "gone/no", "opaque/no", "through/yes");
    LayerFixture.createFiles(middle, "file", "opaque/m");
    trees.createWhiteout(middle, "gone");
    trees.setMark(middle.resolve("opaque"), Mark.OPAQUE, "y");
    LayerFixture.createFiles(upper, "file/u", "gone/u", "opaque/u", "through/u");
    assertEquals(
        List.of(
            ".",
            "file",
            "file/u",
            "gone",
            "gone/u",
            "opaque",
            "opaque/m",
            "opaque/u",
            "through",
            "through/u",
            "through/yes"),
        shownNames(middle, lower));
  }

  @Test
  void linesContainEveryAttribute() throws IOException {
    try (LayerDirectory root = store.open(upper)) {
      Name file = Name.of("a \\\n\u00e9");
      try (OutputStream out = root.createFile(file)) {
        out.write("abc".getBytes(UTF_8));
      }
      root.setXattr(file, "user.b", new byte[] {0, (byte) 0xff});
      root.setXattr(file, "user.a", new byte[0]);
      root.setXattr(file, "user.overlay.origin", new byte[] {1});
      root.setOwner(file, 7, 8);
      root.setMode(file, 04755);
      root.createDirectory(Name.of("d"));
      root.createSymlink(Name.of("l"), "x y".getBytes(UTF_8));
      root.createNode(Name.of("n"), EntryType.BLOCK_DEVICE, 8, 1);
      root.createNode(Name.of("p"), EntryType.FIFO, 0, 0);
      for (Name name : List.of(file, Name.of("l"), Name.of("n"), Name.of("p"))) {
        root.setTimes(name, TIME, TIME);
      }
    }
    String time = " mtime=2001-09-09T01:46:40.000000005Z";
    assertEquals(
        List.of(
            ". DIRECTORY 0644 0:0",
            "a\\x20\\x5c\\x0a\\xc3\\xa9 FILE 04755 7:8 size=3"
                + " crc32c=364b3fb7"
                + " user.a= user.b=00ff"
                + time,
            "d DIRECTORY 0700 0:0",
            "l SYMLINK 0777 0:0 target=x\\x20y" + time,
            "n BLOCK_DEVICE 0600 0:0 device=8:1" + time,
            "p FIFO 0600 0:0" + time),
        upperAlone().manifest());
  }

  @Test
  void upperDirectoriesGiveTheAttributes() throws IOException {
    LayerFixture.createFiles(lower, "d/x");
    LayerFixture.createFiles(upper, "d/y");
    try (LayerDirectory root = store.open(upper)) {
      root.setMode(Name.of("d"), 0711);
    }
    assertEquals(
        "d DIRECTORY 0711 0:0",
        LayerView.of(store, upper, List.of(lower), MarkNamespace.USER).manifest().get(1));
  }

  @Test
  void directoryTimesAreShownOnRequestOnly() throws IOException {
    List<String> before = upperAlone().manifest();
    List<String> timed = upperAlone().withDirectoryTimes().manifest();
    try (LayerDirectory root = store.open(upper)) {
      root.setTimes(Name.SELF, TIME, TIME);
    }
    assertEquals(before, upperAlone().manifest());
    assertNotEquals(timed, upperAlone().withDirectoryTimes().manifest());
  }

  @Test
  void hardLinksAcrossLayersAreGrouped() throws IOException {
    LayerFixture.createFiles(lower, "b", "other");
    Files.createLink(upper.resolve("c"), lower.resolve("b"));
    Files.createLink(upper.resolve("a"), lower.resolve("b"));
    LayerView view = LayerView.of(store, upper, List.of(lower), MarkNamespace.USER);
    List<String> lines = view.manifest();
    for (int i = 1; i <= 3; i++) {
      assertEquals("a", lines.get(i).substring(lines.get(i).indexOf(" links=") + 7));
    }
    assertEquals(-1, lines.get(4).indexOf("links="));
    assertEquals(-1, view.withoutHardLinks().manifest().toString().indexOf("links="));
  }

  @Test
  void changedContentChangesTheManifest() throws IOException {
    LayerFixture.createFiles(upper, "f");
    try (LayerDirectory root = store.open(upper)) {
      root.setTimes(Name.of("f"), TIME, TIME);
      List<String> before = upperAlone().manifest();
      Files.writeString(upper.resolve("f"), "/upperg");
      root.setTimes(Name.of("f"), TIME, TIME);
      assertNotEquals(before, upperAlone().manifest());
    }
  }

  @Test
  void aSingleLayerShowsWhiteouts() throws IOException {
    trees.createWhiteout(upper, "w");
    assertEquals(
        "w CHARACTER_DEVICE 0600 0:0 device=0:0",
        upperAlone().manifest().get(1).replaceAll(" mtime.*", ""));
  }
}
