package dev.overlays.merge.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@link RedirectTargets}, {@link LowerPlace} and {@link IndexedMetacopies}. */
class RedirectTargetsTest {
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;

  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);

  RedirectTargetsTest() throws IOException {}

  /** A directory {@code a/b} of the lower with a file, and one that was renamed from it. */
  @BeforeEach
  void renameDirectory() throws IOException {
    layers.addFile("lower/a/b/file", "data").addDirectory("upper/new");
    layers.addMark("upper/new", Mark.REDIRECT, "/a/b");
  }

  /** Returns the paths of renamed entries whose source is shown at another place, too. */
  private List<String> shownElsewhere() throws IOException {
    try (LayerDirectory upper = store.open(layers.pathOf("upper"));
        LayerRoots lowers = layers.openLowers()) {
      List<RenamedEntry> renamed =
          UpperSurvey.withMetacopies(upper, LayerFit.of(MARKS), lowers, file -> false)
              .renamedEntries();
      RedirectTargets targets = new RedirectTargets(upper, MARKS, renamed);
      List<String> shown = new ArrayList<>();
      for (RenamedEntry entry : renamed) {
        boolean isShown = targets.isShownElsewhere(entry);
        assertEquals(isShown, targets.repeatedProblem(entry).isPresent());
        if (isShown) {
          shown.add(entry.path().toString());
        }
      }
      return shown.stream().sorted().toList();
    } finally {
      store.assertAllClosed();
    }
  }

  @Test
  void whiteoutThatTheKernelLeavesHidesTheSource() throws IOException {
    layers.addWhiteout("upper/a/b");
    assertEquals(List.of(), shownElsewhere());
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, true",
    "a whiteout around it, false",
    "a file around it, false",
    "an opaque directory around it, false",
    "a transparent directory around it, true",
    "a directory in its place, true",
    "an opaque directory in its place, false",
    "a file in its place, false",
  })
  void sourceIsShownUnlessSomethingOfTheUpperHidesIt(String what, boolean shown)
      throws IOException {
    switch (what) {
      case "a whiteout around it" -> layers.addWhiteout("upper/a");
      case "a file around it" -> layers.addFile("upper/a", "");
      case "an opaque directory around it" ->
          layers.addDirectory("upper/a").addMark("upper/a", Mark.OPAQUE, "y");
      case "a transparent directory around it" -> layers.addDirectory("upper/a");
      case "a directory in its place" -> layers.addDirectory("upper/a/b");
      case "an opaque directory in its place" ->
          layers.addDirectory("upper/a/b").addMark("upper/a/b", Mark.OPAQUE, "y");
      case "a file in its place" -> layers.addFile("upper/a/b", "");
      default -> layers.addDirectory("upper/unrelated");
    }
    assertEquals(shown ? List.of("new") : List.of(), shownElsewhere());
  }

  @Test
  void twoEntriesOfOneSourceAreBothRepeated() throws IOException {
    layers.addWhiteout("upper/a").addDirectory("upper/second");
    layers.addMark("upper/second", Mark.REDIRECT, "/a/b");
    assertEquals(List.of("new", "second"), shownElsewhere());
  }

  /** The directory around the source was renamed, and shows the source at its new place. */
  @Test
  void sourceIsShownInARenamedDirectoryAroundIt() throws IOException {
    layers.addWhiteout("upper/a").addDirectory("upper/outer");
    layers.addMark("upper/outer", Mark.REDIRECT, "/a");
    assertEquals(List.of("new"), shownElsewhere());
    layers.addWhiteout("upper/outer/b");
    assertEquals(List.of(), shownElsewhere());
  }

  /** A metacopy file needs the data of its source, although it hides the name. */
  @Test
  void metacopyInPlaceOfARenamedFileStillTakesItsData() throws IOException {
    Files.delete(layers.pathOf("upper/new"));
    layers.addFile("upper/moved", "").addMark("upper/moved", Mark.METACOPY, "");
    layers.addMark("upper/moved", Mark.REDIRECT, "/a/b/file");
    layers.addFile("upper/a/b/file", "");
    assertEquals(List.of(), shownElsewhere(), "another file is there");
    layers.addMark("upper/a/b/file", Mark.METACOPY, "");
    assertEquals(List.of("moved"), shownElsewhere());
  }

  @Test
  void problemNamesBothPlaces() throws IOException {
    try (LayerDirectory upper = store.open(layers.pathOf("upper"))) {
      RenamedEntry entry =
          new RenamedEntry(
              TreePlace.of(List.of(Name.of("new"))),
              TreePlace.of(List.of(Name.of("a"), Name.of("b"))),
              true);
      Problem problem =
          new RedirectTargets(upper, MARKS, List.of(entry)).repeatedProblem(entry).orElseThrow();
      assertEquals(ProblemCode.REDIRECT_REPEATED, problem.code());
      assertEquals("/root/upper/new", problem.path().orElseThrow().toString());
      assertTrue(problem.message().contains("from /a/b of the lower"), problem.message());
      RenamedEntry ofNothing = new RenamedEntry(entry.path(), null, true);
      assertEquals(
          Optional.empty(),
          new RedirectTargets(upper, MARKS, List.of(ofNothing)).repeatedProblem(ofNothing));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', around/dir, false",
    "dir, around/dir, false",
    "other, around/other, true",
    "/x/y, x/y, true",
    "/around/dir, around/dir, false",
  })
  void originIsWhereTheRedirectLeads(String redirect, String place, boolean elsewhere)
      throws IOException {
    layers.addDirectory("upper/dir");
    if (!redirect.isEmpty()) {
      layers.addMark("upper/dir", Mark.REDIRECT, redirect);
    }
    TreePlace around = TreePlace.ROOT.resolveChild(Name.of("around"));
    try (LayerDirectory upper = store.open(layers.pathOf("upper"))) {
      LowerPlace origin = LowerPlace.of(upper, Name.of("dir"), around, MARKS);
      assertEquals(place, origin.place().toString());
      assertEquals(elsewhere, origin.isElsewhere());
    }
  }

  @Test
  void parentOfAnAbsoluteRedirectIsOneNameShorter() {
    List<Name> path = List.of(Name.of("x"), Name.of("y"));
    LowerPlace deep = new LowerPlace(new RedirectTarget(true, path), TreePlace.of(path), true);
    assertEquals(new RedirectTarget(true, path.subList(0, 1)), deep.parentRedirect());
    LowerPlace flat =
        new LowerPlace(new RedirectTarget(true, path.subList(0, 1)), TreePlace.ROOT, true);
    assertNull(flat.parentRedirect(), "the root needs no search");
  }

  /** Returns whether the index needs the data of the metacopy file {@code a/b/file}. */
  private boolean isWanted(boolean renames, boolean withBase) throws IOException {
    List<Name> path = List.of(Name.of("a"), Name.of("b"), Name.of("file"));
    RenamedEntry file = new RenamedEntry(TreePlace.of(path), TreePlace.of(path), false);
    List<Path> lowers = new ArrayList<>(List.of(layers.pathOf("lower")));
    if (withBase) {
      lowers.add(layers.pathOf("base"));
    }
    try (LayerDirectory upper = store.open(layers.pathOf("upper"));
        LayerRoots roots = LayerRoots.openRoots(store, lowers, List.of(), MARKS)) {
      return new IndexedMetacopies(upper, roots, renames).isWanted(file);
    } finally {
      store.assertAllClosed();
    }
  }

  @Test
  void metacopyIsVerifiedWhereAMergeWouldPutACopyInPlaceOfItsFile() throws IOException {
    layers.addFile("upper/a/b/file", "").addMark("upper/a/b/file", Mark.METACOPY, "");
    assertEquals(false, isWanted(true, false), "its data stays where it is");
    assertEquals(true, isWanted(false, false), "everything is copied");
    assertEquals(true, isWanted(true, true), "the data may be further below");
    Files.createLink(layers.pathOf("lower/second"), layers.pathOf("lower/a/b/file"));
    assertEquals(true, isWanted(true, false), "the lower's inode must not change");
    Files.delete(layers.pathOf("lower/second"));
    Files.createLink(layers.pathOf("upper/second"), layers.pathOf("upper/a/b/file"));
    assertEquals(true, isWanted(true, false), "the upper's has two names");
  }
}
