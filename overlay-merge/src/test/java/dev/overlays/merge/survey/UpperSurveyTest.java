package dev.overlays.merge.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.DirectoryOpening;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.run.WorkerPool;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpperSurveyTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
  private int workers = 1;
  private boolean withSizes;
  private SurveyWalk.MetacopyFilter metacopies = file -> false;

  UpperSurveyTest() throws IOException {}

  private UpperSurvey survey(EntrySelection selection) throws IOException {
    try (LayerDirectory upper = store.open(layers.pathOf("upper"));
        LayerRoots lowers = layers.openLowers();
        WorkerPool pool = new WorkerPool(workers)) {
      return UpperSurvey.of(
          upper,
          LayerFit.of(MarkNamespace.TRUSTED),
          selection,
          lowers,
          withSizes,
          metacopies,
          pool);
    } finally {
      store.assertAllClosed();
    }
  }

  private UpperSurvey survey() throws IOException {
    return survey(EntrySelection.ALL);
  }

  private static EntrySelection without(String... patterns) {
    return EntrySelection.of(List.of(), List.of(patterns), List.of());
  }

  private List<String> renamed() throws IOException {
    return survey().renamedEntries().stream()
        .map(e -> e.path() + " from " + e.source() + (e.isDirectory() ? "/" : ""))
        .sorted()
        .toList();
  }

  private List<String> problems(EntrySelection selection) throws IOException {
    return survey(selection).firstProblems().stream()
        .map(p -> p.code() + " " + p.path().orElseThrow())
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void everyEntryOfARandomUpperIsCountedAndItsMarksAreKnown(int count) throws IOException {
    workers = count;
    for (long seed = 0; seed < 10; seed++) {
      HandMadeLayers random = new HandMadeLayers();
      RandomLayers.of(seed, MarkNamespace.TRUSTED)
          .withNodes()
          .withEveryFormat()
          .fillLayers(
              HandMadeLayers.STORE,
              List.of(random.pathOf("lower"), random.pathOf("base")),
              random.pathOf("upper"));
      try (LayerDirectory upper = random.openDirectory("upper");
          LayerRoots lowers = random.openLowers();
          WorkerPool pool = new WorkerPool(workers)) {
        UpperSurvey found =
            UpperSurvey.of(
                upper, LayerFit.of(MarkNamespace.TRUSTED), EntrySelection.ALL, lowers, false, pool);
        List<TreePlace> places = random.placesIn("upper");
        assertEquals(places.size(), found.entryCount(), "seed " + seed);
        for (TreePlace place : places) {
          assertMarksKnown(upper, found, place, seed);
        }
      }
    }
  }

  private static void assertMarksKnown(
      LayerDirectory upper, UpperSurvey found, TreePlace place, long seed) throws IOException {
    Optional<List<String>> plain = found.knownMarks().plainMarks(place.parent(), place.name());
    DirectoryOpening.runInDirectory(
        upper,
        place.parent().namesFromRoot(),
        directory -> {
          for (String xattr : directory.xattrs(place.name())) {
            boolean known = plain.isEmpty() || plain.get().contains(xattr);
            assertTrue(
                known || !MarkNamespace.TRUSTED.isMark(xattr),
                () -> place + " " + xattr + ", seed " + seed);
          }
        });
  }

  @Test
  void renamedDirectoriesAndMetacopiesAreFoundWithTheirPlaceInTheLowers() throws IOException {
    layers.addFile("lower/old/inner/file", "data").addFile("lower/plain/file", "data");
    layers.addDirectory("upper/new").addMark("upper/new", Mark.REDIRECT, "/old");
    layers.addDirectory("upper/new/moved").addMark("upper/new/moved", Mark.REDIRECT, "inner");
    layers.addFile("upper/new/moved/copy", "").addMark("upper/new/moved/copy", Mark.METACOPY, "");
    layers.addMark("upper/new/moved/copy", Mark.REDIRECT, "file");
    layers.addFile("upper/plain/file", "").addMark("upper/plain/file", Mark.METACOPY, "");
    assertEquals(
        List.of("new from old/", "new/moved from old/inner/", "new/moved/copy from old/inner/file"),
        renamed());
    metacopies = file -> true;
    assertTrue(renamed().contains("plain/file from plain/file"), "on request others, too");
    assertEquals(List.of(), survey().firstProblems());
  }

  /** What is renamed inside is completed first, so the outer directory has to be known before. */
  @Test
  void renamedDirectoryComesBeforeThoseInIt() throws IOException {
    workers = 4;
    for (int i = 0; i < 20; i++) {
      layers.addDirectory("lower/d" + i + "/x/y").addDirectory("upper/n" + i + "/m/k");
      layers.addMark("upper/n" + i, Mark.REDIRECT, "/d" + i);
      layers.addMark("upper/n" + i + "/m", Mark.REDIRECT, "x");
      layers.addMark("upper/n" + i + "/m/k", Mark.REDIRECT, "y");
    }
    Set<TreePlace> seen = new HashSet<>(Set.of(TreePlace.ROOT));
    List<RenamedEntry> found = survey().renamedEntries();
    for (RenamedEntry entry : found) {
      assertTrue(seen.contains(entry.path().parent()), () -> entry + " in " + found);
      seen.add(entry.path());
    }
    assertEquals(60 + 1, seen.size());
  }

  @Test
  void redirectInAnOpaqueDirectoryCountsOnlyIfItIsAbsolute() throws IOException {
    layers.addDirectory("lower/a").addDirectory("upper/opaque/relative");
    layers.addDirectory("upper/opaque/absolute").addMark("upper/opaque", Mark.OPAQUE, "y");
    layers.addMark("upper/opaque/relative", Mark.REDIRECT, "a");
    layers.addMark("upper/opaque/absolute", Mark.REDIRECT, "/a");
    layers.addDirectory("upper/both").addMark("upper/both", Mark.REDIRECT, "/a");
    layers.addMark("upper/both", Mark.OPAQUE, "y");
    assertEquals(List.of("opaque/absolute from a/", "opaque/relative from null/"), renamed());
  }

  @Test
  void metacopyWithoutDataIsAProblemWhereItIsMerged() throws IOException {
    layers.addFile("upper/dir/file", "").addMark("upper/dir/file", Mark.METACOPY, "");
    assertEquals(
        List.of("METACOPY_DATA_MISSING /root/upper/dir/file"), problems(EntrySelection.ALL));
    assertEquals(List.of(), problems(without("dir")));
    assertEquals(List.of(), problems(without("dir/f*")));
    layers.addFile("base/dir/file", "data");
    assertEquals(List.of(), problems(EntrySelection.ALL), "any layer below may have it");
  }

  /** What is left out relies on the lower nevertheless. */
  @Test
  void renamedDirectoryThatIsLeftOutIsFoundButNotCounted() throws IOException {
    layers.addDirectory("lower/old").addFile("upper/new/file", "");
    layers.addMark("upper/new", Mark.REDIRECT, "/old").addFile("upper/other", "");
    UpperSurvey found = survey(without("new"));
    assertEquals(1, found.entryCount());
    assertEquals(1, found.renamedEntries().size());
  }

  @Test
  void searchEndsAtTwentyProblems() throws IOException {
    for (int i = 0; i < 200; i++) {
      layers.addFile("upper/d" + i / 10 + "/f" + i, "");
      layers.addMark("upper/d" + i / 10 + "/f" + i, Mark.METACOPY, "");
    }
    UpperSurvey found = survey();
    assertEquals(20, found.firstProblems().size());
    assertTrue(found.entryCount() < 60, () -> "looked at " + found.entryCount());
    Problem first = found.firstProblems().get(0);
    assertEquals(ProblemCode.METACOPY_DATA_MISSING, first.code());
    assertFalse(first.remedy().isBlank());
  }

  @Test
  void marksThatNeedAnotherWayOfMergingAreNoted() throws IOException {
    layers.addFile("upper/file", "");
    assertFalse(survey().hasProtection());
    assertFalse(survey().hasLinks());
    layers.addMark("upper/file", Mark.PROTATTR, "i");
    assertTrue(survey().hasProtection());
    layers.addMark("upper/file", Mark.MERGE_COPY, "/file");
    assertTrue(survey().hasLinks(), "an interrupted run has copied one of its names");
  }

  @Test
  void sizesAndLinksAreReadOnlyOnRequest() throws IOException {
    layers.addFile("upper/file", "12345");
    Files.createLink(layers.pathOf("upper/second"), layers.pathOf("upper/file"));
    assertFalse(survey().hasLinks(), "each file would need a stat");
    withSizes = true;
    UpperSurvey found = survey();
    assertTrue(found.hasLinks());
    assertEquals(5, found.copyNeeds().longestFile().orElseThrow().size());
    assertEquals(
        Optional.empty(), survey(without("*")).copyNeeds().longestFile(), "what is left out stays");
  }

  /** A second name of one whiteout is no link: the kernel gives all whiteouts one inode. */
  @Test
  void whiteoutsOfOneInodeAreNoLinks() throws IOException {
    withSizes = true;
    layers.addWhiteout("upper/gone");
    Files.createLink(layers.pathOf("upper/gone too"), layers.pathOf("upper/gone"));
    UpperSurvey found = survey();
    assertFalse(found.hasLinks());
    assertEquals(List.of(), found.copyNeeds().extremeTimes());
    assertEquals(2, found.entryCount());
  }
}
