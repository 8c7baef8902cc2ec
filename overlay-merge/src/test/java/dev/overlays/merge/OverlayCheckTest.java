package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.merge.report.RepairReport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what a check finds in layers with one problem, and how a repair changes them. */
class OverlayCheckTest {
  private final CheckedLayers layers = new CheckedLayers();

  OverlayCheckTest() throws IOException {}

  /** Expects exactly these problems, and none after a repair. */
  private void repaired(String... problems) throws IOException {
    List<String> before = layers.everything();
    assertEquals(List.of(problems), layers.found());
    assertEquals(before, layers.everything(), "a check writes nothing");
    RepairReport report = layers.repairInView();
    assertEquals(List.of(), report.left());
    assertEquals(problems.length, report.repaired().values().stream().mapToLong(n -> n).sum());
    assertEquals(List.of(), layers.found());
  }

  private void left(String... problems) throws IOException {
    assertEquals(List.of(problems), layers.found());
    List<String> before = layers.everything();
    RepairReport report = layers.check().repair();
    assertEquals(problems.length, report.left().size(), report::toString);
    assertEquals(before, layers.everything());
  }

  @Test
  void whatTheKernelWritesIsRight() throws IOException {
    layers.file("bottom/dir/gone").file("bottom/moved/in").file("bottom/data").file("middle/dir/a");
    layers.whiteout("upper/dir/gone").whiteout("upper/moved").whiteout("upper/data");
    layers.whiteout("upper/dir/a");
    layers.directory("upper/new").mark("upper/new", "opaque", "y").mark("upper", "impure", "y");
    layers.directory("upper/there").mark("upper/there", "redirect", "moved");
    layers.mark("upper/there", "origin", "handle").mark("upper", "uuid", "0123456789abcdef");
    layers.file("upper/copy").mark("upper/copy", "metacopy", "");
    layers.mark("upper/copy", "redirect", "/data").mark("upper/copy", "protattr", "i");
    layers.file("upper/written").mark("upper/written", "redirect", "data");
    layers.mark("middle", "uuid", "0123456789abcdef").mark("bottom/dir", "impure", "y");
    assertEquals(List.of(), layers.found());
    assertEquals(List.of(), layers.repair());
  }

  @Test
  void whiteoutsThatHideNothing() throws IOException {
    layers.file("bottom/dir/a").file("middle/dir/b").file("bottom/opaque/c");
    layers.whiteout("upper/dir/a").whiteout("upper/dir/b").whiteout("upper/dir/orphan");
    layers.whiteout("middle/dir/a").whiteout("middle/dir/orphan").whiteout("bottom/dir/orphan");
    layers.whiteout("upper/opaque/c").mark("upper/opaque", "opaque", "y");
    repaired(
        "WHITEOUT_ORPHAN bottom/dir/orphan",
        "WHITEOUT_ORPHAN middle/dir/orphan",
        "WHITEOUT_ORPHAN upper/dir/a",
        "WHITEOUT_ORPHAN upper/dir/orphan",
        "WHITEOUT_ORPHAN upper/opaque/c");
    assertTrue(Files.exists(layers.root.resolve("upper/dir/b")));
    assertTrue(Files.exists(layers.root.resolve("middle/dir/a")));
  }

  @Test
  void aWhiteoutOverAnEmptyLowerIsLeft() throws IOException {
    Files.delete(layers.root.resolve("bottom/kept"));
    layers.whiteout("upper/perhaps on a disk that is not mounted");
    layers.directory("upper/dir").mark("upper/dir", "redirect", "/gone");
    left(
        "REDIRECT_DANGLING upper/dir",
        "WHITEOUT_ORPHAN upper/perhaps on a disk that is not mounted");
  }

  @ParameterizedTest
  @CsvSource({"upper, gone", "upper, /gone/too", "middle, gone"})
  void aRenamedDirectoryWithoutASource(String layer, String source) throws IOException {
    String dir = layer + "/dir";
    layers.file(dir + "/own").mark(dir, "redirect", source).file("bottom/dir/not to be shown");
    layers.whiteout(dir + "/hides nothing");
    assertEquals(
        List.of("REDIRECT_DANGLING " + dir, "WHITEOUT_ORPHAN " + dir + "/hides nothing"),
        layers.found());
    List<String> operations = layers.repair();
    assertEquals(
        List.of("SET_XATTR /layers/" + dir, "REMOVE_XATTR /layers/" + dir),
        operations.subList(0, 2));
    assertEquals(List.of(), layers.found());
    assertEquals(
        List.of("dir", "dir/own"),
        layers.view().stream()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .filter(path -> path.startsWith("dir"))
            .toList());
  }

  @Test
  void aSourceThatIsNoDirectory() throws IOException {
    layers.directory("upper/dir").mark("upper/dir", "redirect", "file").file("bottom/file");
    assertEquals(List.of("REDIRECT_DANGLING upper/dir"), layers.found());
  }

  @Test
  void aPathFromTheRootGoesOnUnderAnOpaqueDirectory() throws IOException {
    layers.directory("middle/opaque/dir").mark("middle/opaque", "opaque", "y");
    layers.mark("middle/opaque/dir", "redirect", "/source").file("bottom/source/file");
    layers.whiteout("upper/opaque").whiteout("middle/source");
    layers.whiteout("upper/moved/file").mark("upper/moved", "redirect", "/opaque/dir");
    assertEquals(List.of(), layers.found());
  }

  @Test
  void oneDirectoryAtTwoPlaces() throws IOException {
    layers.file("bottom/source/a").file("bottom/other/b");
    layers.directory("upper/one").mark("upper/one", "redirect", "source");
    layers.directory("upper/two").mark("upper/two", "redirect", "/source").whiteout("upper/source");
    layers.directory("upper/again").mark("upper/again", "redirect", "other");
    left(
        "REDIRECT_REPEATED upper/again",
        "REDIRECT_REPEATED upper/one",
        "REDIRECT_REPEATED upper/two");
  }

  @Test
  void aRedirectThatTheKernelRefuses() throws IOException {
    layers.directory("upper/dir").mark("upper/dir", "redirect", "a/b").file("upper/copy");
    layers.mark("upper/copy", "metacopy", "").mark("upper/copy", "redirect", "//");
    left("MARK_REFUSED upper/copy", "MARK_REFUSED upper/dir");
  }

  @Test
  void filesWithoutData() throws IOException {
    layers.file("upper/copy").mark("upper/copy", "metacopy", "").file("bottom/source");
    layers.file("upper/moved").mark("upper/moved", "metacopy", "");
    layers.mark("upper/moved", "redirect", "/source").whiteout("middle/source");
    layers.file("bottom/last").mark("bottom/last", "metacopy", "");
    left(
        "METACOPY_DATA_MISSING bottom/last",
        "METACOPY_DATA_MISSING upper/copy",
        "METACOPY_DATA_MISSING upper/moved");
  }

  @Test
  void marksThatMeanNothing() throws IOException {
    layers.file("upper/file").mark("upper/file", "opaque", "y").mark("upper/file", "whiteout", "");
    layers.directory("upper/dir").mark("upper/dir", "whiteout", "").mark("upper/dir", "uuid", "u");
    layers.mark("upper/dir", "upper", "handle").mark("upper/dir", "opaque", "yes");
    layers.directory("bottom/dir").mark("bottom/dir", "opaque", "y");
    repaired(
        "MARK_STRAY bottom/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/file",
        "MARK_STRAY upper/file");
  }

  @Test
  void redirectsAndMetacopiesThatMeanNothing() throws IOException {
    layers.directory("upper/dir").mark("upper/dir", "opaque", "y").file("bottom/source/a");
    layers.mark("upper/dir", "redirect", "source").mark("upper", "redirect", "source");
    layers.directory("bottom/dir").mark("bottom/dir", "redirect", "a/b");
    layers.directory("middle/d").mark("middle/d", "metacopy", "");
    assertEquals(
        List.of(
            "MARK_STRAY bottom/dir",
            "MARK_STRAY middle/d",
            "MARK_STRAY upper",
            "MARK_STRAY upper/dir"),
        layers.found());
    assertEquals(4, layers.check().repair().count(ProblemCode.MARK_STRAY));
    assertEquals(List.of(), layers.found());
  }

  @Test
  void marksThatAreNotKnown() throws IOException {
    layers.file("middle/file").mark("middle/file", "tomorrow", "y");
    left("MERGE_UNKNOWN_MARK middle/file");
  }

  @Test
  void aLinkCountWithoutAnIndex() throws IOException {
    layers.file("upper/file").mark("upper/file", "nlink", "U+1").mark("middle", "nlink", "U+1");
    left("MARK_STRAY upper/file");
    Files.createDirectory(layers.root.resolve("work/index"));
    left();
  }

  @Test
  void marksOfTheOtherNamespace() throws IOException {
    layers.whiteout("upper/orphan").mark("upper", "impure", "y");
    OverlaySpec spec =
        layers.spec().toBuilder()
            .options(o -> OverlayOptions.defaults().withUserXattr(true))
            .build();
    OverlayCheck check = OverlayCheck.of(spec).store(layers.store);
    List<Problem> problems = check.run();
    assertEquals(1, problems.size());
    assertEquals(ProblemCode.LAYER_OF_OTHER_OPTIONS, problems.get(0).code());
    assertEquals(problems, check.repair().left());
  }

  @Test
  void whatACutOffMergeHasLeft() throws IOException {
    Instant time = Instant.ofEpochSecond(1_000_000_000, 7);
    Files.setLastModifiedTime(layers.root.resolve("work"), FileTime.from(time.minusSeconds(9)));
    for (String tree : List.of("overlays-staging/1", "overlays-trash/x", "overlays-private/p")) {
      layers.file("work/" + tree + "/deep");
    }
    Files.setLastModifiedTime(layers.root.resolve("work"), FileTime.from(time.minusSeconds(9)));
    String mounted = "-";
    layers.file("upper/dir/file").mark("upper/dir/file", "merge_copy", "/dir/other");
    layers.mark("upper/dir", "merge_time", time.getEpochSecond() + ".7 " + mounted);
    layers.mark("upper", "merge_time", time.getEpochSecond() + ".7 " + mounted);
    layers
        .file("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1")
        .file("bottom/.overlays-merge-00000000-0000-4000-8000-000000000000/1");
    layers.whiteout("upper/.overlays-merge-00000000-0000-4000-8000-000000000000");
    assertEquals(
        List.of(
            "STAGING_LEFTOVER bottom/.overlays-merge-00000000-0000-4000-8000-000000000000",
            "STAGING_LEFTOVER middle/.overlays-merge-00000000-0000-4000-8000-000000000000",
            "STAGING_LEFTOVER upper",
            "STAGING_LEFTOVER upper/.overlays-merge-00000000-0000-4000-8000-000000000000",
            "STAGING_LEFTOVER upper/dir",
            "STAGING_LEFTOVER upper/dir/file",
            "STAGING_LEFTOVER work/overlays-private",
            "STAGING_LEFTOVER work/overlays-staging",
            "STAGING_LEFTOVER work/overlays-trash"),
        layers.found());
    assertEquals(9, layers.check().repair().count(ProblemCode.STAGING_LEFTOVER));
    assertEquals(List.of(), layers.found());
    for (String directory : List.of("upper", "upper/dir")) {
      assertEquals(time, Files.getLastModifiedTime(layers.root.resolve(directory)).toInstant());
    }
    assertEquals(
        time.minusSeconds(9), Files.getLastModifiedTime(layers.root.resolve("work")).toInstant());
  }

  @Test
  void whatIsHiddenOfACutOffMergeStaysHidden() throws IOException {
    layers
        .file("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1")
        .file("bottom/.overlays-merge-00000000-0000-4000-8000-000000000000/dir/2");
    layers.whiteout("upper/.overlays-merge-00000000-0000-4000-8000-000000000000");
    layers.repairInView();
    assertEquals(List.of(), layers.found());
  }

  @Test
  void aStagingDirectoryThatIsShownIsLeft() throws IOException {
    layers.file("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1");
    left("STAGING_LEFTOVER middle/.overlays-merge-00000000-0000-4000-8000-000000000000");
  }

  @Test
  void anUpperOfAVolatileMount() throws IOException {
    layers.directory("work/work/incompat/volatile");
    left("VOLATILE_LEFTOVER work/work/incompat");
  }

  @Test
  void aViewWithoutAnUpper() throws IOException {
    layers
        .whiteout("middle/orphan")
        .file("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(layers.root.resolve("middle"))
            .lower(layers.root.resolve("bottom"))
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
            .build();
    OverlayCheck check = OverlayCheck.of(spec).store(layers.store);
    assertEquals(2, check.run().size());
    RepairReport report = check.repair();
    assertEquals(1, report.count(ProblemCode.WHITEOUT_ORPHAN));
    assertEquals(1, report.left().size());
    assertTrue(report.toString().startsWith("repaired: 1 whiteout-orphan; 1 left, in "));
  }

  @Test
  void onlyTheFirstThousandAreKept() throws IOException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      layers.whiteout("upper/" + (10_000 + i));
      all.add("WHITEOUT_ORPHAN upper/" + (10_000 + i));
    }
    assertEquals(all.subList(0, 1_000), layers.found());
    List<Problem> each = new ArrayList<>();
    layers.check().forEach(each::add);
    assertEquals(1_200, each.size());
    assertEquals(1_200, layers.check().repair().count(ProblemCode.WHITEOUT_ORPHAN));
  }

  @Test
  void whatIsClaimedIsNotRepaired() throws IOException {
    layers.whiteout("upper/orphan");
    List<String> before = layers.everything();
    Closeable claim = layers.store.claim(layers.spec());
    try (claim) {
      OverlayException e = assertThrows(OverlayException.class, layers.check()::repair);
      assertTrue(e.has(ProblemCode.LAYER_LOCKED), e.getMessage());
    }
    assertEquals(before, layers.everything());
  }

  @Test
  void aLayerThatCannotBeReadIsTold() throws IOException {
    Path gone = layers.root.resolve("gone");
    OverlaySpec spec = layers.spec().toBuilder().lower(gone).build();
    OverlayException e =
        assertThrows(OverlayException.class, OverlayCheck.of(spec).store(layers.store)::run);
    assertTrue(e.getMessage().contains("The check stopped here"), e.getMessage());
    assertFalse(e.problems().isEmpty());
  }
}
