package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what a check finds in layers with one problem, and how a repair changes them. */
class OverlayCheckTest {
  private final CheckedLayers layers = new CheckedLayers();

  OverlayCheckTest() throws IOException {}

  /** Expects exactly these problems, and none after a repair. */
  private void assertRepaired(String... problems) throws IOException {
    List<String> before = layers.allLines();
    assertEquals(List.of(problems), layers.problemsFound());
    assertEquals(before, layers.allLines(), "a check writes nothing");
    RepairReport report = layers.repairInView();
    assertEquals(List.of(), report.left());
    assertEquals(problems.length, report.repaired().values().stream().mapToLong(n -> n).sum());
    assertEquals(List.of(), layers.problemsFound());
  }

  private void assertLeft(String... problems) throws IOException {
    assertEquals(List.of(problems), layers.problemsFound());
    List<String> before = layers.allLines();
    RepairReport report = layers.newCheck().repair();
    assertEquals(problems.length, report.left().size(), report::toString);
    assertEquals(before, layers.allLines());
  }

  @Test
  void findsNothingInWhatTheKernelWrites() throws IOException {
    layers
        .addFile("bottom/dir/gone")
        .addFile("bottom/moved/in")
        .addFile("bottom/data")
        .addFile("middle/dir/a");
    layers.addWhiteout("upper/dir/gone").addWhiteout("upper/moved").addWhiteout("upper/data");
    layers.addWhiteout("upper/dir/a");
    layers
        .addDirectory("upper/new")
        .addMark("upper/new", "opaque", "y")
        .addMark("upper", "impure", "y");
    layers.addDirectory("upper/there").addMark("upper/there", "redirect", "moved");
    layers.addMark("upper/there", "origin", "handle").addMark("upper", "uuid", "0123456789abcdef");
    layers.addFile("upper/copy").addMark("upper/copy", "metacopy", "");
    layers.addMark("upper/copy", "redirect", "/data").addMark("upper/copy", "protattr", "i");
    layers.addFile("upper/written").addMark("upper/written", "redirect", "data");
    layers.addMark("middle", "uuid", "0123456789abcdef").addMark("bottom/dir", "impure", "y");
    assertEquals(List.of(), layers.problemsFound());
    assertEquals(List.of(), layers.repairOperations());
  }

  @Test
  void repairsWhiteoutsThatHideNothing() throws IOException {
    layers.addFile("bottom/dir/a").addFile("middle/dir/b").addFile("bottom/opaque/c");
    layers.addWhiteout("upper/dir/a").addWhiteout("upper/dir/b").addWhiteout("upper/dir/orphan");
    layers
        .addWhiteout("middle/dir/a")
        .addWhiteout("middle/dir/orphan")
        .addWhiteout("bottom/dir/orphan");
    layers.addWhiteout("upper/opaque/c").addMark("upper/opaque", "opaque", "y");
    assertRepaired(
        "WHITEOUT_ORPHAN bottom/dir/orphan",
        "WHITEOUT_ORPHAN middle/dir/orphan",
        "WHITEOUT_ORPHAN upper/dir/a",
        "WHITEOUT_ORPHAN upper/dir/orphan",
        "WHITEOUT_ORPHAN upper/opaque/c");
    assertTrue(Files.exists(layers.root.resolve("upper/dir/b")));
    assertTrue(Files.exists(layers.root.resolve("middle/dir/a")));
  }

  @Test
  void leavesAWhiteoutOverAnEmptyLower() throws IOException {
    Files.delete(layers.root.resolve("bottom/kept"));
    layers.addWhiteout("upper/perhaps on a disk that is not mounted");
    layers.addDirectory("upper/dir").addMark("upper/dir", "redirect", "/gone");
    assertLeft(
        "REDIRECT_DANGLING upper/dir",
        "WHITEOUT_ORPHAN upper/perhaps on a disk that is not mounted");
  }

  @ParameterizedTest
  @CsvSource({"upper, gone", "upper, /gone/too", "middle, gone"})
  void repairsARenamedDirectoryWithoutASource(String layer, String source) throws IOException {
    String dir = layer + "/dir";
    layers
        .addFile(dir + "/own")
        .addMark(dir, "redirect", source)
        .addFile("bottom/dir/not to be shown");
    layers.addWhiteout(dir + "/hides nothing");
    assertEquals(
        List.of("REDIRECT_DANGLING " + dir, "WHITEOUT_ORPHAN " + dir + "/hides nothing"),
        layers.problemsFound());
    List<String> operations = layers.repairOperations();
    assertEquals(
        List.of("SET_XATTR /layers/" + dir, "REMOVE_XATTR /layers/" + dir),
        operations.subList(0, 2));
    assertEquals(List.of(), layers.problemsFound());
    assertEquals(
        List.of("dir", "dir/own"),
        layers.viewLines().stream()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .filter(path -> path.startsWith("dir"))
            .toList());
  }

  @Test
  void findsARedirectToAFile() throws IOException {
    layers
        .addDirectory("upper/dir")
        .addMark("upper/dir", "redirect", "file")
        .addFile("bottom/file");
    assertEquals(List.of("REDIRECT_DANGLING upper/dir"), layers.problemsFound());
  }

  @Test
  void followsAnAbsoluteRedirectUnderAnOpaqueDirectory() throws IOException {
    layers.addDirectory("middle/opaque/dir").addMark("middle/opaque", "opaque", "y");
    layers.addMark("middle/opaque/dir", "redirect", "/source").addFile("bottom/source/file");
    layers.addWhiteout("upper/opaque").addWhiteout("middle/source");
    layers.addWhiteout("upper/moved/file").addMark("upper/moved", "redirect", "/opaque/dir");
    assertEquals(List.of(), layers.problemsFound());
  }

  @Test
  void leavesOneDirectoryShownAtTwoPlaces() throws IOException {
    layers.addFile("bottom/source/a").addFile("bottom/other/b");
    layers.addDirectory("upper/one").addMark("upper/one", "redirect", "source");
    layers
        .addDirectory("upper/two")
        .addMark("upper/two", "redirect", "/source")
        .addWhiteout("upper/source");
    layers.addDirectory("upper/again").addMark("upper/again", "redirect", "other");
    assertLeft(
        "REDIRECT_REPEATED upper/again",
        "REDIRECT_REPEATED upper/one",
        "REDIRECT_REPEATED upper/two");
  }

  @Test
  void leavesARedirectThatTheKernelRefuses() throws IOException {
    layers.addDirectory("upper/dir").addMark("upper/dir", "redirect", "a/b").addFile("upper/copy");
    layers.addMark("upper/copy", "metacopy", "").addMark("upper/copy", "redirect", "//");
    assertLeft("MARK_REFUSED upper/copy", "MARK_REFUSED upper/dir");
  }

  @Test
  void leavesMetacopyFilesWithoutData() throws IOException {
    layers.addFile("upper/copy").addMark("upper/copy", "metacopy", "").addFile("bottom/source");
    layers.addFile("upper/moved").addMark("upper/moved", "metacopy", "");
    layers.addMark("upper/moved", "redirect", "/source").addWhiteout("middle/source");
    layers.addFile("bottom/last").addMark("bottom/last", "metacopy", "");
    assertLeft(
        "METACOPY_DATA_MISSING bottom/last",
        "METACOPY_DATA_MISSING upper/copy",
        "METACOPY_DATA_MISSING upper/moved");
  }

  @Test
  void repairsMarksThatMeanNothing() throws IOException {
    layers
        .addFile("upper/file")
        .addMark("upper/file", "opaque", "y")
        .addMark("upper/file", "whiteout", "");
    layers
        .addDirectory("upper/dir")
        .addMark("upper/dir", "whiteout", "")
        .addMark("upper/dir", "uuid", "u");
    layers.addMark("upper/dir", "upper", "handle").addMark("upper/dir", "opaque", "yes");
    layers.addDirectory("bottom/dir").addMark("bottom/dir", "opaque", "y");
    assertRepaired(
        "MARK_STRAY bottom/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/dir",
        "MARK_STRAY upper/file",
        "MARK_STRAY upper/file");
  }

  @Test
  void repairsRedirectsAndMetacopiesThatMeanNothing() throws IOException {
    layers.addDirectory("upper/dir").addMark("upper/dir", "opaque", "y").addFile("bottom/source/a");
    layers.addMark("upper/dir", "redirect", "source").addMark("upper", "redirect", "source");
    layers.addDirectory("bottom/dir").addMark("bottom/dir", "redirect", "a/b");
    layers.addDirectory("middle/d").addMark("middle/d", "metacopy", "");
    assertEquals(
        List.of(
            "MARK_STRAY bottom/dir",
            "MARK_STRAY middle/d",
            "MARK_STRAY upper",
            "MARK_STRAY upper/dir"),
        layers.problemsFound());
    assertEquals(4, layers.newCheck().repair().count(ProblemCode.MARK_STRAY));
    assertEquals(List.of(), layers.problemsFound());
  }

  @Test
  void leavesUnknownMarks() throws IOException {
    layers.addFile("middle/file").addMark("middle/file", "tomorrow", "y");
    assertLeft("MERGE_UNKNOWN_MARK middle/file");
  }

  @Test
  void leavesALinkCountWithoutAnIndex() throws IOException {
    layers
        .addFile("upper/file")
        .addMark("upper/file", "nlink", "U+1")
        .addMark("middle", "nlink", "U+1");
    assertLeft("MARK_STRAY upper/file");
    Files.createDirectory(layers.root.resolve("work/index"));
    assertLeft();
  }

  @Test
  void reportsMarksOfTheOtherNamespaceOnly() throws IOException {
    layers.addWhiteout("upper/orphan").addMark("upper", "impure", "y");
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
  void repairsWhatAnInterruptedMergeLeaves() throws IOException {
    Instant time = Instant.ofEpochSecond(1_000_000_000, 7);
    Files.setLastModifiedTime(layers.root.resolve("work"), FileTime.from(time.minusSeconds(9)));
    for (String tree : List.of("overlays-staging/1", "overlays-trash/x", "overlays-private/p")) {
      layers.addFile("work/" + tree + "/deep");
    }
    Files.setLastModifiedTime(layers.root.resolve("work"), FileTime.from(time.minusSeconds(9)));
    String mounted = "-";
    layers.addFile("upper/dir/file").addMark("upper/dir/file", "merge_copy", "/dir/other");
    layers.addMark("upper/dir", "merge_time", time.getEpochSecond() + ".7 " + mounted);
    layers.addMark("upper", "merge_time", time.getEpochSecond() + ".7 " + mounted);
    layers
        .addFile("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1")
        .addFile("bottom/.overlays-merge-00000000-0000-4000-8000-000000000000/1");
    layers.addWhiteout("upper/.overlays-merge-00000000-0000-4000-8000-000000000000");
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
        layers.problemsFound());
    assertEquals(9, layers.newCheck().repair().count(ProblemCode.STAGING_LEFTOVER));
    assertEquals(List.of(), layers.problemsFound());
    for (String directory : List.of("upper", "upper/dir")) {
      assertEquals(time, Files.getLastModifiedTime(layers.root.resolve(directory)).toInstant());
    }
    assertEquals(
        time.minusSeconds(9), Files.getLastModifiedTime(layers.root.resolve("work")).toInstant());
  }

  @Test
  void repairKeepsHiddenStagingHidden() throws IOException {
    layers
        .addFile("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1")
        .addFile("bottom/.overlays-merge-00000000-0000-4000-8000-000000000000/dir/2");
    layers.addWhiteout("upper/.overlays-merge-00000000-0000-4000-8000-000000000000");
    layers.repairInView();
    assertEquals(List.of(), layers.problemsFound());
  }

  @Test
  void leavesAStagingDirectoryThatIsShown() throws IOException {
    layers.addFile("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1");
    assertLeft("STAGING_LEFTOVER middle/.overlays-merge-00000000-0000-4000-8000-000000000000");
  }

  @Test
  void leavesAnUpperOfAVolatileMount() throws IOException {
    layers.addDirectory("work/work/incompat/volatile");
    assertLeft("VOLATILE_LEFTOVER work/work/incompat");
  }

  @Test
  void checksAViewWithoutAnUpper() throws IOException {
    layers
        .addWhiteout("middle/orphan")
        .addFile("middle/.overlays-merge-00000000-0000-4000-8000-000000000000/1");
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
  void keepsOnlyTheFirstThousandProblems() throws IOException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      layers.addWhiteout("upper/" + (10_000 + i));
      all.add("WHITEOUT_ORPHAN upper/" + (10_000 + i));
    }
    assertEquals(all.subList(0, 1_000), layers.problemsFound());
    List<Problem> each = new ArrayList<>();
    layers.newCheck().forEach(each::add);
    assertEquals(1_200, each.size());
    assertEquals(1_200, layers.newCheck().repair().count(ProblemCode.WHITEOUT_ORPHAN));
  }

  @Test
  void doesNotRepairClaimedLayers() throws IOException {
    layers.addWhiteout("upper/orphan");
    List<String> before = layers.allLines();
    Closeable claim = layers.store.claim(layers.spec());
    try (claim) {
      OverlayException e = assertThrows(OverlayException.class, layers.newCheck()::repair);
      assertTrue(e.has(ProblemCode.LAYER_LOCKED), e.getMessage());
    }
    assertEquals(before, layers.allLines());
  }

  @Test
  void namesALayerThatIsMissing() throws IOException {
    Path gone = layers.root.resolve("gone");
    OverlaySpec spec = layers.spec().toBuilder().lower(gone).build();
    OverlayException e =
        assertThrows(OverlayException.class, OverlayCheck.of(spec).store(layers.store)::run);
    assertTrue(e.has(ProblemCode.LAYER_NOT_FOUND), e.getMessage());
    assertEquals(Optional.of(gone), e.problems().get(0).path());
  }
}
