package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.Mark;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests what a vacuum removes in each format, over layers made by hand. */
class VacuumTest {
  private HandMade layers;

  @BeforeEach
  void make() throws IOException {
    layers = new HandMade();
  }

  private OverlayVacuum vacuum() {
    return OverlayVacuum.of(layers.spec()).store(HandMade.STORE);
  }

  private void leaves(OverlayVacuum vacuum, String... names) throws IOException {
    vacuum.run();
    assertEquals(List.of(names), layers.names("upper"));
  }

  @Test
  void whatIsTheSameGoes() throws IOException {
    layers.file("lower/d/same", "same").file("upper/d/same", "same");
    layers.file("base/e/deep", "deep").file("upper/e/deep", "deep");
    layers.file("lower/f", "old").file("upper/f", "new").file("upper/g", "").timeless();
    VacuumReport report = vacuum().run();
    assertEquals(List.of("f", "g"), layers.names("upper"));
    assertEquals(2, report.filesRemoved());
    assertEquals(2, report.directoriesRemoved());
    assertEquals(8, report.bytesFreed());
  }

  @Test
  void otherAttributesStayUnlessContentIsAll() throws IOException {
    layers.file("lower/d/mode", "same").file("upper/d/mode", "same").timeless();
    layers.mode("upper/d/mode", 0600).mode("upper/d", 0711).mode("lower/d/mode", 0644);
    leaves(vacuum(), "d", "d/mode");
    leaves(vacuum().contentOnly());
    assertEquals(0644, layers.mode("lower/d/mode"));
  }

  @Test
  void severalNamesStay() throws IOException {
    layers.file("lower/a", "a").file("lower/b", "a").file("upper/a", "a").file("upper/c", "c");
    layers.file("lower/c", "c");
    Files.createLink(layers.path("upper/b"), layers.path("upper/a"));
    Files.createLink(layers.path("lower/d"), layers.path("lower/c"));
    layers.timeless();
    leaves(vacuum(), "a", "b", "c");
    leaves(vacuum().contentOnly(), "a", "b", "c");
  }

  @Test
  void anotherTimeOfADirectoryStays() throws IOException {
    layers.file("lower/d/a", "a").file("upper/d/a", "a").timeless();
    Files.setLastModifiedTime(layers.path("upper/d"), FileTime.fromMillis(2_000_000));
    List<String> expected =
        layers.everything().stream().filter(line -> !line.startsWith("upper/d/a ")).toList();
    leaves(vacuum(), "d");
    assertEquals(expected, layers.everything());
  }

  @Test
  void whiteoutsThatHideNothing() throws IOException {
    layers.file("lower/a", "").file("base/b", "").whiteout("lower/b").file("base/d/c", "");
    layers.whiteout("upper/a").whiteout("upper/b").whiteout("upper/c").whiteout("upper/d/c");
    layers.directory("upper/e").mark("upper/e", Mark.OPAQUE, "x").directory("lower/e");
    layers.file("upper/e/f", "").mark("upper/e/f", Mark.WHITEOUT, "");
    VacuumReport report = vacuum().contentOnly().run();
    assertEquals(List.of("a", "d", "d/c"), layers.names("upper"));
    assertEquals(3, report.whiteoutsRemoved());
  }

  @Test
  void whatHidesTheLowersStays() throws IOException {
    layers.file("lower/d/a", "a").file("upper/d/a", "a").mark("upper/d", Mark.OPAQUE, "y");
    layers.file("lower/d/e/a", "a").file("upper/d/e/a", "a").timeless();
    leaves(vacuum(), "d", "d/a", "d/e", "d/e/a");
  }

  @Test
  void whatWasRenamedIsHeldAgainstItsSource() throws IOException {
    layers.file("lower/old/a", "a").file("lower/old/d/b", "b").whiteout("upper/old");
    layers.file("upper/new/a", "a").file("upper/new/d/b", "b").file("upper/new/c", "c");
    layers.mark("upper/new", Mark.REDIRECT, "old").file("lower/new/c", "c").timeless();
    leaves(vacuum(), "new", "new/c", "old");
  }

  @Test
  void whatWasRenamedIntoADirectoryMadeAnew() throws IOException {
    layers.file("lower/old/a", "a").file("lower/d/b", "b").whiteout("upper/old");
    layers.file("upper/d/new/a", "a").mark("upper/d/new", Mark.REDIRECT, "/old");
    layers.mark("upper/d", Mark.OPAQUE, "y").file("upper/d/b", "b").timeless();
    leaves(vacuum(), "d", "d/b", "d/new", "old");
  }

  @Test
  void filesOfMetadataOnly() throws IOException {
    layers.file("base/a", "content").file("upper/a", "\0".repeat(7)).file("lower/b", "content");
    layers.mark("upper/a", Mark.METACOPY, "").file("upper/b", "\0".repeat(7));
    layers.mark("upper/b", Mark.METACOPY, "").mode("upper/b", 0600).mode("lower/b", 0644);
    layers.file("upper/c", "\0".repeat(7)).mark("upper/c", Mark.METACOPY, "");
    layers.mark("upper/c", Mark.REDIRECT, "b").file("base/c", "content").timeless();
    VacuumReport report = vacuum().run();
    assertEquals(List.of("b", "c"), layers.names("upper"));
    assertEquals(0, report.bytesFreed(), "it had no data");
    leaves(vacuum().contentOnly(), "c");
  }

  @Test
  void aCopyOfWhatIsMetadataOnlyInALower() throws IOException {
    layers.file("base/a", "content").file("upper/a", "content").file("lower/a", "\0".repeat(7));
    layers.file("base/b", "another").file("upper/b", "content").file("lower/b", "\0".repeat(7));
    layers.mark("lower/a", Mark.METACOPY, "").mark("lower/b", Mark.METACOPY, "").timeless();
    leaves(vacuum(), "b");
  }

  @Test
  void excludedPathsStay() throws IOException {
    layers.file("lower/d/a", "a").file("upper/d/a", "a").file("lower/b", "b").file("upper/b", "b");
    layers.timeless();
    leaves(vacuum().exclude("d/*"), "d", "d/a");
  }

  @Test
  void whatSeveralInstancesHaveDownloadedIsKeptOnce() throws IOException {
    OverlaySpec other =
        layers
            .directory("other")
            .directory("otherwork")
            .builder()
            .upper(layers.path("other"))
            .work(layers.path("otherwork"))
            .build();
    layers.directory("lower/cache");
    for (String upper : List.of("upper", "other")) {
      layers.file(upper + "/cache/new/file", "downloaded").file(upper + "/cache/more", "more");
    }
    OverlayMerge.of(layers.spec()).store(HandMade.STORE).run();
    VacuumReport report = OverlayVacuum.of(other).store(HandMade.STORE).contentOnly().run();
    assertEquals(List.of(), layers.names("other"));
    assertEquals(14, report.bytesFreed());
    assertEquals("downloaded", Files.readString(layers.path("lower/cache/new/file")));
  }

  private void refused(ProblemCode code, OverlaySpec spec) throws IOException {
    List<String> before = layers.everything();
    FaultyLayerStore store = new FaultyLayerStore(HandMade.STORE);
    OverlayVacuum vacuum = OverlayVacuum.of(spec).store(store);
    assertEquals(code, assertThrows(OverlayException.class, vacuum::run).problems().get(0).code());
    assertEquals(
        code, assertThrows(OverlayException.class, vacuum::dryRun).problems().get(0).code());
    assertEquals(before, layers.everything());
    store.assertAllClosed();
  }

  @Test
  void whatIsNotUnderstoodIsRefused() throws IOException {
    layers.file("lower/a", "a").file("upper/a", "a").timeless();
    refused(
        ProblemCode.MERGE_WITHOUT_UPPER,
        OverlaySpec.builder().lower(layers.path("lower")).lower(layers.path("base")).build());
    layers.directory("work/work/incompat/volatile");
    refused(ProblemCode.VOLATILE_LEFTOVER, layers.spec());
    layers.file("upper/b", "").mark("upper/b", Mark.METACOPY, "");
    refused(ProblemCode.METACOPY_DATA_MISSING, layers.spec());
  }

  @Test
  void aReportIsOneLine() {
    VacuumReport report = new VacuumReport(true, 1200, 3, 1, 5 << 20, Duration.ofMillis(1500));
    assertEquals(
        "would remove: 1,200 files, 3 directories, 1 whiteouts; 5 MB freed, in 1.500 s",
        report.toString());
    assertTrue(
        new VacuumReport(false, 0, 0, 0, 0, Duration.ZERO).toString().startsWith("removed: 0"));
  }
}
