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
  private HandMadeLayers layers;

  @BeforeEach
  void createLayers() throws IOException {
    layers = new HandMadeLayers();
  }

  private OverlayVacuum newVacuum() {
    return OverlayVacuum.of(layers.spec()).store(HandMadeLayers.STORE);
  }

  private void assertLeaves(OverlayVacuum vacuum, String... names) throws IOException {
    vacuum.run();
    assertEquals(List.of(names), layers.namesIn("upper"));
  }

  @Test
  void removesWhatTheLowersHave() throws IOException {
    layers.addFile("lower/d/same", "same").addFile("upper/d/same", "same");
    layers.addFile("base/e/deep", "deep").addFile("upper/e/deep", "deep");
    layers
        .addFile("lower/f", "old")
        .addFile("upper/f", "new")
        .addFile("upper/g", "")
        .withEqualTimes();
    VacuumReport report = newVacuum().run();
    assertEquals(List.of("f", "g"), layers.namesIn("upper"));
    assertEquals(2, report.filesRemoved());
    assertEquals(2, report.directoriesRemoved());
    assertEquals(8, report.bytesFreed());
  }

  @Test
  void keepsOtherAttributesUnlessContentOnly() throws IOException {
    layers.addFile("lower/d/mode", "same").addFile("upper/d/mode", "same").withEqualTimes();
    layers.setMode("upper/d/mode", 0600).setMode("upper/d", 0711).setMode("lower/d/mode", 0644);
    assertLeaves(newVacuum(), "d", "d/mode");
    assertLeaves(newVacuum().ignoreAttributes());
    assertEquals(0644, layers.modeOf("lower/d/mode"));
  }

  @Test
  void keepsFilesWithSeveralNames() throws IOException {
    layers
        .addFile("lower/a", "a")
        .addFile("lower/b", "a")
        .addFile("upper/a", "a")
        .addFile("upper/c", "c");
    layers.addFile("lower/c", "c");
    Files.createLink(layers.pathOf("upper/b"), layers.pathOf("upper/a"));
    Files.createLink(layers.pathOf("lower/d"), layers.pathOf("lower/c"));
    layers.withEqualTimes();
    assertLeaves(newVacuum(), "a", "b", "c");
    assertLeaves(newVacuum().ignoreAttributes(), "a", "b", "c");
  }

  @Test
  void keepsADirectoryWithAnotherTime() throws IOException {
    layers.addFile("lower/d/a", "a").addFile("upper/d/a", "a").withEqualTimes();
    Files.setLastModifiedTime(layers.pathOf("upper/d"), FileTime.fromMillis(2_000_000));
    List<String> expected =
        layers.allLines().stream().filter(line -> !line.startsWith("upper/d/a ")).toList();
    assertLeaves(newVacuum(), "d");
    assertEquals(expected, layers.allLines());
  }

  @Test
  void removesWhiteoutsThatHideNothing() throws IOException {
    layers
        .addFile("lower/a", "")
        .addFile("base/b", "")
        .addWhiteout("lower/b")
        .addFile("base/d/c", "");
    layers
        .addWhiteout("upper/a")
        .addWhiteout("upper/b")
        .addWhiteout("upper/c")
        .addWhiteout("upper/d/c");
    layers.addDirectory("upper/e").addMark("upper/e", Mark.OPAQUE, "x").addDirectory("lower/e");
    layers.addFile("upper/e/f", "").addMark("upper/e/f", Mark.WHITEOUT, "");
    VacuumReport report = newVacuum().ignoreAttributes().run();
    assertEquals(List.of("a", "d", "d/c"), layers.namesIn("upper"));
    assertEquals(3, report.whiteoutsRemoved());
  }

  @Test
  void keepsOpaqueDirectories() throws IOException {
    layers.addFile("lower/d/a", "a").addFile("upper/d/a", "a").addMark("upper/d", Mark.OPAQUE, "y");
    layers.addFile("lower/d/e/a", "a").addFile("upper/d/e/a", "a").withEqualTimes();
    assertLeaves(newVacuum(), "d", "d/a", "d/e", "d/e/a");
  }

  @Test
  void comparesRenamedDirectoriesWithTheirSource() throws IOException {
    layers.addFile("lower/old/a", "a").addFile("lower/old/d/b", "b").addWhiteout("upper/old");
    layers.addFile("upper/new/a", "a").addFile("upper/new/d/b", "b").addFile("upper/new/c", "c");
    layers.addMark("upper/new", Mark.REDIRECT, "old").addFile("lower/new/c", "c").withEqualTimes();
    assertLeaves(newVacuum(), "new", "new/c", "old");
  }

  @Test
  void comparesARenameInAnOpaqueDirectoryWithItsSource() throws IOException {
    layers.addFile("lower/old/a", "a").addFile("lower/d/b", "b").addWhiteout("upper/old");
    layers.addFile("upper/d/new/a", "a").addMark("upper/d/new", Mark.REDIRECT, "/old");
    layers.addMark("upper/d", Mark.OPAQUE, "y").addFile("upper/d/b", "b").withEqualTimes();
    assertLeaves(newVacuum(), "d", "d/b", "d/new", "old");
  }

  @Test
  void removesMetacopyFilesWithTheSameAttributes() throws IOException {
    layers
        .addFile("base/a", "content")
        .addFile("upper/a", "\0".repeat(7))
        .addFile("lower/b", "content");
    layers.addMark("upper/a", Mark.METACOPY, "").addFile("upper/b", "\0".repeat(7));
    layers.addMark("upper/b", Mark.METACOPY, "").setMode("upper/b", 0600).setMode("lower/b", 0644);
    layers.addFile("upper/c", "\0".repeat(7)).addMark("upper/c", Mark.METACOPY, "");
    layers.addMark("upper/c", Mark.REDIRECT, "b").addFile("base/c", "content").withEqualTimes();
    VacuumReport report = newVacuum().run();
    assertEquals(List.of("b", "c"), layers.namesIn("upper"));
    assertEquals(0, report.bytesFreed(), "it had no data");
    assertLeaves(newVacuum().ignoreAttributes(), "c");
  }

  @Test
  void comparesWithTheDataOfAMetacopyLower() throws IOException {
    layers
        .addFile("base/a", "content")
        .addFile("upper/a", "content")
        .addFile("lower/a", "\0".repeat(7));
    layers
        .addFile("base/b", "another")
        .addFile("upper/b", "content")
        .addFile("lower/b", "\0".repeat(7));
    layers
        .addMark("lower/a", Mark.METACOPY, "")
        .addMark("lower/b", Mark.METACOPY, "")
        .withEqualTimes();
    assertLeaves(newVacuum(), "b");
  }

  @Test
  void keepsExcludedPaths() throws IOException {
    layers
        .addFile("lower/d/a", "a")
        .addFile("upper/d/a", "a")
        .addFile("lower/b", "b")
        .addFile("upper/b", "b");
    layers.withEqualTimes();
    assertLeaves(newVacuum().exclude("d/*"), "d", "d/a");
  }

  @Test
  void removesFromOneInstanceWhatAnotherHasMerged() throws IOException {
    OverlaySpec other =
        layers
            .addDirectory("other")
            .addDirectory("otherwork")
            .specBuilder()
            .upper(layers.pathOf("other"))
            .work(layers.pathOf("otherwork"))
            .build();
    layers.addDirectory("lower/cache");
    for (String upper : List.of("upper", "other")) {
      layers
          .addFile(upper + "/cache/new/file", "downloaded")
          .addFile(upper + "/cache/more", "more");
    }
    OverlayMerge.of(layers.spec()).store(HandMadeLayers.STORE).run();
    VacuumReport report =
        OverlayVacuum.of(other).store(HandMadeLayers.STORE).ignoreAttributes().run();
    assertEquals(List.of(), layers.namesIn("other"));
    assertEquals(14, report.bytesFreed());
    assertEquals("downloaded", Files.readString(layers.pathOf("lower/cache/new/file")));
  }

  private void assertRefused(ProblemCode code, OverlaySpec spec) throws IOException {
    List<String> before = layers.allLines();
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    OverlayVacuum vacuum = OverlayVacuum.of(spec).store(store);
    assertEquals(code, assertThrows(OverlayException.class, vacuum::run).problems().get(0).code());
    assertEquals(
        code, assertThrows(OverlayException.class, vacuum::dryRun).problems().get(0).code());
    assertEquals(before, layers.allLines());
    store.assertAllClosed();
  }

  @Test
  void refusesLayersThatAreNotUnderstood() throws IOException {
    layers.addFile("lower/a", "a").addFile("upper/a", "a").withEqualTimes();
    assertRefused(
        ProblemCode.MERGE_WITHOUT_UPPER,
        OverlaySpec.builder().lower(layers.pathOf("lower")).lower(layers.pathOf("base")).build());
    layers.addDirectory("work/work/incompat/volatile");
    assertRefused(ProblemCode.VOLATILE_LEFTOVER, layers.spec());
    layers.addFile("upper/b", "").addMark("upper/b", Mark.METACOPY, "");
    assertRefused(ProblemCode.METACOPY_DATA_MISSING, layers.spec());
  }

  @Test
  void reportIsShownAsALine() {
    VacuumReport report = new VacuumReport(true, 1200, 3, 1, 5 << 20, Duration.ofMillis(1500));
    assertEquals(
        "would remove: 1,200 files, 3 directories, 1 whiteouts; 5.0 MiB freed, in 1.500 s",
        report.toString());
    assertTrue(
        new VacuumReport(false, 0, 0, 0, 0, Duration.ZERO).toString().startsWith("removed: 0"));
  }
}
