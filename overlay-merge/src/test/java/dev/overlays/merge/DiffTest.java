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
  private HandMade layers;

  @BeforeEach
  void make() throws IOException {
    layers = new HandMade();
  }

  private void told(OverlayDiff diff, String... expected) throws IOException {
    List<String> told = new ArrayList<>();
    diff.store(HandMade.STORE).forEach(change -> told.add(text(change)));
    told.sort(null);
    assertEquals(Stream.of(expected).sorted().toList(), told);
  }

  /** Expects the same changes with and without reading files. */
  private void told(String... expected) throws IOException {
    told(OverlayDiff.of(layers.spec()), expected);
    told(OverlayDiff.of(layers.spec()).compareContent(), expected);
  }

  private static String text(Change change) {
    String slash = change.type() == EntryType.DIRECTORY ? "/" : "";
    String from = change.from().map(path -> " from " + path).orElse("");
    return change.path() + slash + " " + change.kind() + from;
  }

  @Test
  void contentIsReadWhenAsked() throws IOException {
    layers.file("lower/same", "same").file("upper/same", "same");
    layers.file("base/mode", "same").file("upper/mode", "same").mode("upper/mode", 0600);
    layers.file("lower/other", "old").file("upper/other", "new").file("upper/new", "").timeless();
    told(
        OverlayDiff.of(layers.spec()),
        "mode MODIFIED",
        "new ADDED",
        "other MODIFIED",
        "same MODIFIED");
    told(
        OverlayDiff.of(layers.spec()).compareContent(),
        "mode METADATA",
        "new ADDED",
        "other MODIFIED");
  }

  @Test
  void sizesAreThoseOfFiles() throws IOException {
    layers.file("upper/dir/new", "three").file("lower/gone", "gone").whiteout("upper/gone");
    List<Change> changes = new ArrayList<>();
    OverlayDiff.of(layers.spec()).store(HandMade.STORE).forEach(changes::add);
    long[] sizes = changes.stream().mapToLong(Change::size).sorted().toArray();
    assertEquals("[0, 4, 5]", Arrays.toString(sizes));
  }

  @Test
  void whiteoutsOfBothForms() throws IOException {
    layers.file("lower/a/x", "x").file("base/b", "b").file("lower/c/d", "d");
    layers.whiteout("upper/a").whiteout("upper/b").whiteout("upper/orphan");
    layers.directory("upper/c").mark("upper/c", Mark.OPAQUE, "x");
    layers.file("upper/c/d", "").mark("upper/c/d", Mark.WHITEOUT, "");
    // The lower hides it already.
    layers.file("base/e", "e").whiteout("lower/e").whiteout("upper/e");
    told("a/ DELETED", "b DELETED", "c/d DELETED");
  }

  @Test
  void aDirectoryMadeAnew() throws IOException {
    layers.file("lower/d/a", "a").file("base/d/b", "b").file("base/d/sub/c", "c");
    layers.file("lower/d/sub/e", "e").file("lower/d/gone/f", "f");
    layers.file("upper/d/a", "new").file("upper/d/sub/c", "more").file("upper/d/sub/new", "");
    layers.mark("upper/d", Mark.OPAQUE, "y").timeless();
    told(
        OverlayDiff.of(layers.spec()),
        "d/ REPLACED",
        "d/a MODIFIED",
        "d/b DELETED",
        "d/gone/ DELETED",
        "d/sub/ REPLACED",
        "d/sub/c MODIFIED",
        "d/sub/e DELETED",
        "d/sub/new ADDED");
    told(
        OverlayDiff.of(layers.spec()).compareContent(),
        "d/a MODIFIED",
        "d/b DELETED",
        "d/gone/ DELETED",
        "d/sub/c MODIFIED",
        "d/sub/e DELETED",
        "d/sub/new ADDED");
  }

  @Test
  void otherKinds() throws IOException {
    layers.file("lower/file", "").file("lower/dir/inner", "");
    layers.file("upper/file/inner", "").file("upper/dir", "");
    told("dir REPLACED", "file/ REPLACED", "file/inner ADDED");
  }

  @Test
  void attributesOfDirectories() throws IOException {
    layers.directory("lower/same").directory("upper/same").directory("lower/mode");
    layers.directory("upper/mode").mode("upper/mode", 0700).mode("upper", 0711);
    told("./ METADATA", "mode/ METADATA");
  }

  @Test
  void aDirectoryThatWasRenamed() throws IOException {
    layers.file("lower/old/a", "a").file("base/old/b", "b").file("base/old/sub/c", "c");
    layers.whiteout("upper/old").file("upper/new/d", "d").whiteout("upper/new/a");
    layers.mark("upper/new", Mark.REDIRECT, "old").mode("upper/new", 0700);
    told("new/ METADATA", "new/ RENAMED from old", "new/a DELETED", "new/d ADDED", "old/ DELETED");
  }

  @Test
  void renamedWithinWhatWasRenamed() throws IOException {
    layers.file("lower/old/sub/a", "a").file("lower/old/deep/b", "b").file("lower/top/c", "c");
    layers.whiteout("upper/old").whiteout("upper/top");
    layers.directory("upper/new").mark("upper/new", Mark.REDIRECT, "/old");
    layers.whiteout("upper/new/sub").directory("upper/new/other");
    layers.mark("upper/new/other", Mark.REDIRECT, "sub").whiteout("upper/new/other/a");
    // It is back at its place within the renamed directory.
    layers.directory("upper/new/deep").mark("upper/new/deep", Mark.REDIRECT, "/old/deep");
    layers.directory("upper/new/top").mark("upper/new/top", Mark.REDIRECT, "/top");
    layers.file("upper/new/top/d", "d");
    told(
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
  void renamedIntoADirectoryMadeAnew() throws IOException {
    layers.file("lower/old/a", "a").file("lower/d/b", "b").whiteout("upper/old");
    layers.directory("upper/d/moved").mark("upper/d", Mark.OPAQUE, "y");
    layers.mark("upper/d/moved", Mark.REDIRECT, "/old").whiteout("upper/d/moved/a");
    told(
        OverlayDiff.of(layers.spec()).compareContent(),
        "d/b DELETED",
        "d/moved/ RENAMED from old",
        "d/moved/a DELETED",
        "old/ DELETED");
  }

  @Test
  void filesOfMetadataOnly() throws IOException {
    layers.file("base/dir/a", "content").file("lower/b", "content").file("base/same", "content");
    layers.file("upper/dir/a", "").mark("upper/dir/a", Mark.METACOPY, "").mode("upper/dir/a", 0600);
    layers.file("upper/same", "").mark("upper/same", Mark.METACOPY, "");
    layers.file("upper/c", "").mark("upper/c", Mark.METACOPY, "");
    layers.mark("upper/c", Mark.REDIRECT, "b").whiteout("upper/b");
    layers.file("upper/dir/d", "").mark("upper/dir/d", Mark.METACOPY, "");
    layers.mark("upper/dir/d", Mark.REDIRECT, "/dir/a").mode("upper/dir/d", 0600).timeless();
    told(
        OverlayDiff.of(layers.spec()).compareContent(),
        "b DELETED",
        "c RENAMED from b",
        "dir/a METADATA",
        "dir/d METADATA",
        "dir/d RENAMED from dir/a");
    told(
        OverlayDiff.of(layers.spec()),
        "b DELETED",
        "c RENAMED from b",
        "dir/a METADATA",
        "dir/d METADATA",
        "dir/d RENAMED from dir/a",
        "same METADATA");
  }

  @Test
  void aCopyOfWhatIsMetadataOnlyInALower() throws IOException {
    layers.file("base/a", "content").file("upper/a", "content").file("lower/a", "\0".repeat(7));
    layers.mark("lower/a", Mark.METACOPY, "").timeless();
    told(OverlayDiff.of(layers.spec()).compareContent());
  }

  @Test
  void keepsHandlesOfTheWayOnly() throws IOException {
    for (int i = 0; i < 100; i++) {
      layers.file("upper/d" + i + "/sub/file", "").file("lower/d" + i + "/sub/old", "");
    }
    FaultyLayerStore store = new FaultyLayerStore(HandMade.STORE);
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
  void aFailureOnTheWayIsTold() throws IOException {
    layers.file("upper/a/b", "");
    FaultyLayerStore store = new FaultyLayerStore(HandMade.STORE).crashAt(1);
    try (Stream<Change> changes = OverlayDiff.of(layers.spec()).store(store).changes();
        LayerDirectory upper = store.open(layers.path("upper"))) {
      Iterator<Change> each = changes.iterator();
      each.next();
      assertThrows(IOException.class, () -> upper.remove(Name.of("none")));
      UncheckedIOException e = assertThrows(UncheckedIOException.class, each::next);
      assertInstanceOf(InjectedFaultException.class, e.getCause());
    }
    store.assertAllClosed();
  }

  private void refused(ProblemCode code, OverlaySpec spec) {
    FaultyLayerStore store = new FaultyLayerStore(HandMade.STORE);
    OverlayDiff diff = OverlayDiff.of(spec).store(store);
    OverlayException e = assertThrows(OverlayException.class, diff::changes);
    assertEquals(code, e.problems().get(0).code());
    assertTrue(e.problems().get(0).path().isPresent());
    store.assertAllClosed();
  }

  @Test
  void whatCannotBeOpenedIsRefused() throws IOException {
    refused(ProblemCode.LAYER_NOT_FOUND, layers.builder().lower(layers.path("missing")).build());
    layers.file("file", "");
    refused(ProblemCode.LAYER_NOT_DIRECTORY, layers.builder().lower(layers.path("file")).build());
    refused(
        ProblemCode.MERGE_WITHOUT_UPPER,
        OverlaySpec.builder().lower(layers.path("lower")).lower(layers.path("base")).build());
  }
}
