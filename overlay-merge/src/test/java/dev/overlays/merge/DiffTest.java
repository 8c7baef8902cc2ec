package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.Change;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.InjectedFaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the changes that a diff reports for each format, over layers made by hand. */
class DiffTest {
  private HandMadeLayers layers;

  @BeforeEach
  void createLayers() throws IOException {
    layers = new HandMadeLayers();
  }

  private void assertChanges(OverlayDiff diff, String... expected) throws IOException {
    List<String> told = new ArrayList<>();
    diff.store(HandMadeLayers.STORE).forEach(change -> told.add(changeText(change)));
    told.sort(null);
    assertEquals(Stream.of(expected).sorted().toList(), told);
  }

  /** Expects the same changes with and without reading files. */
  private void assertChanges(String... expected) throws IOException {
    assertChanges(OverlayDiff.of(layers.spec()), expected);
    assertChanges(OverlayDiff.of(layers.spec()).compareContent(), expected);
  }

  private static String changeText(Change change) {
    String slash = change.type() == EntryType.DIRECTORY ? "/" : "";
    String from = change.from().map(path -> " from " + path).orElse("");
    return change.path() + slash + " " + change.kind() + from;
  }

  @Test
  void comparesContentOnlyWhenAsked() throws IOException {
    layers.addFile("lower/same", "same").addFile("upper/same", "same");
    layers.addFile("base/mode", "same").addFile("upper/mode", "same").setMode("upper/mode", 0600);
    layers
        .addFile("lower/other", "old")
        .addFile("upper/other", "new")
        .addFile("upper/new", "")
        .withEqualTimes();
    assertChanges(
        OverlayDiff.of(layers.spec()),
        "mode MODIFIED",
        "new ADDED",
        "other MODIFIED",
        "same MODIFIED");
    assertChanges(
        OverlayDiff.of(layers.spec()).compareContent(),
        "mode METADATA",
        "new ADDED",
        "other MODIFIED");
  }

  @Test
  void reportsSizesOfFiles() throws IOException {
    layers
        .addFile("upper/dir/new", "three")
        .addFile("lower/gone", "gone")
        .addWhiteout("upper/gone");
    List<Change> changes = new ArrayList<>();
    OverlayDiff.of(layers.spec()).store(HandMadeLayers.STORE).forEach(changes::add);
    long[] sizes = changes.stream().mapToLong(Change::size).sorted().toArray();
    assertEquals("[0, 4, 5]", Arrays.toString(sizes));
  }

  @Test
  void reportsWhiteoutsOfBothFormsAsDeleted() throws IOException {
    layers.addFile("lower/a/x", "x").addFile("base/b", "b").addFile("lower/c/d", "d");
    layers.addWhiteout("upper/a").addWhiteout("upper/b").addWhiteout("upper/orphan");
    layers.addDirectory("upper/c").addMark("upper/c", Mark.OPAQUE, "x");
    layers.addFile("upper/c/d", "").addMark("upper/c/d", Mark.WHITEOUT, "");
    // The lower hides it already.
    layers.addFile("base/e", "e").addWhiteout("lower/e").addWhiteout("upper/e");
    assertChanges("a/ DELETED", "b DELETED", "c/d DELETED");
  }

  @Test
  void reportsAnOpaqueDirectoryAsReplaced() throws IOException {
    layers.addFile("lower/d/a", "a").addFile("base/d/b", "b").addFile("base/d/sub/c", "c");
    layers.addFile("lower/d/sub/e", "e").addFile("lower/d/gone/f", "f");
    layers
        .addFile("upper/d/a", "new")
        .addFile("upper/d/sub/c", "more")
        .addFile("upper/d/sub/new", "");
    layers.addMark("upper/d", Mark.OPAQUE, "y").withEqualTimes();
    assertChanges(
        OverlayDiff.of(layers.spec()),
        "d/ REPLACED",
        "d/a MODIFIED",
        "d/b DELETED",
        "d/gone/ DELETED",
        "d/sub/ REPLACED",
        "d/sub/c MODIFIED",
        "d/sub/e DELETED",
        "d/sub/new ADDED");
    assertChanges(
        OverlayDiff.of(layers.spec()).compareContent(),
        "d/a MODIFIED",
        "d/b DELETED",
        "d/gone/ DELETED",
        "d/sub/c MODIFIED",
        "d/sub/e DELETED",
        "d/sub/new ADDED");
  }

  @Test
  void reportsAnotherKindOfEntryAsReplaced() throws IOException {
    layers.addFile("lower/file", "").addFile("lower/dir/inner", "");
    layers.addFile("upper/file/inner", "").addFile("upper/dir", "");
    assertChanges("dir REPLACED", "file/ REPLACED", "file/inner ADDED");
  }

  @Test
  void reportsChangedAttributesOfDirectories() throws IOException {
    layers.addDirectory("lower/same").addDirectory("upper/same").addDirectory("lower/mode");
    layers.addDirectory("upper/mode").setMode("upper/mode", 0700).setMode("upper", 0711);
    assertChanges("./ METADATA", "mode/ METADATA");
  }

  @Test
  void reportsARenamedDirectoryWithItsSource() throws IOException {
    layers.addFile("lower/old/a", "a").addFile("base/old/b", "b").addFile("base/old/sub/c", "c");
    layers.addWhiteout("upper/old").addFile("upper/new/d", "d").addWhiteout("upper/new/a");
    layers.addMark("upper/new", Mark.REDIRECT, "old").setMode("upper/new", 0700);
    assertChanges(
        "new/ METADATA", "new/ RENAMED from old", "new/a DELETED", "new/d ADDED", "old/ DELETED");
  }

  @Test
  void reportsRenamesWithinARenamedDirectory() throws IOException {
    layers
        .addFile("lower/old/sub/a", "a")
        .addFile("lower/old/deep/b", "b")
        .addFile("lower/top/c", "c");
    layers.addWhiteout("upper/old").addWhiteout("upper/top");
    layers.addDirectory("upper/new").addMark("upper/new", Mark.REDIRECT, "/old");
    layers.addWhiteout("upper/new/sub").addDirectory("upper/new/other");
    layers.addMark("upper/new/other", Mark.REDIRECT, "sub").addWhiteout("upper/new/other/a");
    // It is back at its place within the renamed directory.
    layers.addDirectory("upper/new/deep").addMark("upper/new/deep", Mark.REDIRECT, "/old/deep");
    layers.addDirectory("upper/new/top").addMark("upper/new/top", Mark.REDIRECT, "/top");
    layers.addFile("upper/new/top/d", "d");
    assertChanges(
        "new/ RENAMED from old",
        "new/other/ RENAMED from old/sub",
        "new/other/a DELETED",
        "new/sub/ DELETED",
        "new/top/ RENAMED from top",
        "new/top/d ADDED",
        "old/ DELETED",
        "top/ DELETED");
  }

  @Test
  void reportsARenameIntoAnOpaqueDirectory() throws IOException {
    layers.addFile("lower/old/a", "a").addFile("lower/d/b", "b").addWhiteout("upper/old");
    layers.addDirectory("upper/d/moved").addMark("upper/d", Mark.OPAQUE, "y");
    layers.addMark("upper/d/moved", Mark.REDIRECT, "/old").addWhiteout("upper/d/moved/a");
    assertChanges(
        OverlayDiff.of(layers.spec()).compareContent(),
        "d/b DELETED",
        "d/moved/ RENAMED from old",
        "d/moved/a DELETED",
        "old/ DELETED");
  }

  @Test
  void reportsMetacopyFilesAsChangedMetadata() throws IOException {
    layers
        .addFile("base/dir/a", "content")
        .addFile("lower/b", "content")
        .addFile("base/same", "content");
    layers
        .addFile("upper/dir/a", "")
        .addMark("upper/dir/a", Mark.METACOPY, "")
        .setMode("upper/dir/a", 0600);
    layers.addFile("upper/same", "").addMark("upper/same", Mark.METACOPY, "");
    layers.addFile("upper/c", "").addMark("upper/c", Mark.METACOPY, "");
    layers.addMark("upper/c", Mark.REDIRECT, "b").addWhiteout("upper/b");
    layers.addFile("upper/dir/d", "").addMark("upper/dir/d", Mark.METACOPY, "");
    layers
        .addMark("upper/dir/d", Mark.REDIRECT, "/dir/a")
        .setMode("upper/dir/d", 0600)
        .withEqualTimes();
    assertChanges(
        OverlayDiff.of(layers.spec()).compareContent(),
        "b DELETED",
        "c RENAMED from b",
        "dir/a METADATA",
        "dir/d METADATA",
        "dir/d RENAMED from dir/a");
    assertChanges(
        OverlayDiff.of(layers.spec()),
        "b DELETED",
        "c RENAMED from b",
        "dir/a METADATA",
        "dir/d METADATA",
        "dir/d RENAMED from dir/a",
        "same METADATA");
  }

  @Test
  void comparesWithTheDataOfAMetacopyLower() throws IOException {
    layers
        .addFile("base/a", "content")
        .addFile("upper/a", "content")
        .addFile("lower/a", "\0".repeat(7));
    layers.addMark("lower/a", Mark.METACOPY, "").withEqualTimes();
    assertChanges(OverlayDiff.of(layers.spec()).compareContent());
  }

  @Test
  void opensOnlyTheDirectoriesThatLeadToThePresentOne() throws IOException {
    for (int i = 0; i < 100; i++) {
      layers.addFile("upper/d" + i + "/sub/file", "").addFile("lower/d" + i + "/sub/old", "");
    }
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    int most = 0;
    try (Stream<Change> changes = OverlayDiff.of(layers.spec()).store(store).changes()) {
      for (Iterator<Change> each = changes.iterator(); each.hasNext(); each.next()) {
        most = Math.max(most, store.openHandles());
      }
    }
    store.assertAllClosed();
    assertTrue(most <= 3 * 3, "open: " + most);
    try (Stream<Change> changes = OverlayDiff.of(layers.spec()).store(store).changes()) {
      assertTrue(changes.findFirst().isPresent());
    }
    store.assertAllClosed();
  }

  @Test
  void streamThrowsWhenALayerCannotBeRead() throws IOException {
    layers.addFile("upper/a/b", "");
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE).crashAt(1);
    try (Stream<Change> changes = OverlayDiff.of(layers.spec()).store(store).changes();
        LayerDirectory upper = store.open(layers.pathOf("upper"))) {
      Iterator<Change> each = changes.iterator();
      each.next();
      assertThrows(IOException.class, () -> upper.remove(Name.of("none")));
      UncheckedIOException e = assertThrows(UncheckedIOException.class, each::next);
      assertInstanceOf(InjectedFaultException.class, e.getCause());
    }
    store.assertAllClosed();
  }

  private void assertRefused(ProblemCode code, OverlaySpec spec) {
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    OverlayDiff diff = OverlayDiff.of(spec).store(store);
    OverlayException e = assertThrows(OverlayException.class, diff::changes);
    assertEquals(code, e.problems().get(0).code());
    assertTrue(e.problems().get(0).path().isPresent());
    store.assertAllClosed();
  }

  @Test
  void refusesLayersThatCannotBeOpened() throws IOException {
    assertRefused(
        ProblemCode.LAYER_NOT_FOUND, layers.specBuilder().lower(layers.pathOf("missing")).build());
    layers.addFile("file", "");
    assertRefused(
        ProblemCode.LAYER_NOT_DIRECTORY, layers.specBuilder().lower(layers.pathOf("file")).build());
    assertRefused(
        ProblemCode.MERGE_WITHOUT_UPPER,
        OverlaySpec.builder().lower(layers.pathOf("lower")).lower(layers.pathOf("base")).build());
  }
}
