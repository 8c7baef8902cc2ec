package dev.overlays.merge.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.survey.RenamedEntry;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests {@link OtherInstances}, {@link OtherUpper}, {@link OpaqueRemoval}, {@link
 * SourceChangeCheck} and {@link SharedMergeRun}.
 */
class OtherInstancesTest {
  private static final Name FILE = Name.of("file");
  private static final Instant OLD = Instant.ofEpochSecond(1_500_000_000);

  private final Instances instances = new Instances(2);
  private final HandMadeLayers layers = instances.layers;

  OtherInstancesTest() throws IOException {}

  @ParameterizedTest
  @CsvSource({
    // what the other instance does with a file of the lower, allDelete, noneShowsLower
    "nothing, false, false",
    "deletes, true, true",
    "writes, false, true",
    "private, true, true",
    "hides around, true, true",
  })
  void lowersEntryIsNeededByWhoeverShowsIt(String other, boolean deleted, boolean hidden)
      throws IOException {
    layers.addFile("lower/d/file", "old");
    OverlaySpec spec = instances.spec(1);
    switch (other) {
      case "deletes" -> layers.addWhiteout("u1/d/file");
      case "writes" -> layers.addFile("u1/d/file", "new");
      case "private" -> spec = spec.toBuilder().privatePath("d/file").build();
      case "hides around" -> layers.addWhiteout("u1/d");
      default -> layers.addDirectory("u1/unrelated");
    }
    try (OtherInstances root = OtherInstances.open(List.of(spec), instances.store);
        OtherInstances inside = root.openDirectory(Name.of("d"))) {
      assertEquals(deleted, inside.allDelete(FILE));
      assertEquals(hidden, inside.noneShowsLower(FILE));
      assertTrue(inside.allDelete(Name.of("none")));
    }
    instances.store.assertAllClosed();
  }

  @Test
  void oneOfSeveralInstancesIsEnough() throws IOException {
    Instances many = new Instances(4);
    many.layers.addFile("lower/file", "");
    for (int i = 0; i < 3; i++) {
      many.layers.addWhiteout("u" + i + "/file");
    }
    try (OtherInstances all = OtherInstances.open(many.specs, many.store);
        OtherInstances three = OtherInstances.open(many.specs.subList(0, 3), many.store);
        OtherInstances none = OtherInstances.open(List.of(), many.store)) {
      assertFalse(all.allDelete(FILE));
      assertTrue(three.allDelete(FILE));
      assertTrue(none.allDelete(FILE));
    }
    many.store.assertAllClosed();
  }

  /** Whether u0 is about to change what a renamed entry of u1 relies on. */
  @ParameterizedTest
  @CsvSource({
    "nothing, false",
    "d, true",
    "d/e, true",
    "d/e/inside, true",
    "d/other, false",
    "other, false",
  })
  void sourceIsTouchedByEntriesAroundItOrInIt(String changed, boolean touched) throws IOException {
    if (changed.equals("d")) {
      layers.addWhiteout("u0/d");
    } else if (changed.equals("d/e")) {
      layers.addWhiteout("u0/d/e");
    } else if (!changed.equals("nothing")) {
      layers.addFile("u0/" + changed, "");
    }
    TreePlace source = TreePlace.of(List.of(Name.of("d"), Name.of("e")));
    try (LayerDirectory changing = instances.store.open(layers.pathOf("u0"))) {
      SourceChangeCheck sources = new SourceChangeCheck(changing, MarkNamespace.TRUSTED);
      assertEquals(touched, sources.isTouched(new RenamedEntry(TreePlace.ROOT, source, true)));
      assertFalse(sources.isTouched(new RenamedEntry(TreePlace.ROOT, null, true)));
    }
    instances.store.assertAllClosed();
  }

  @Test
  void whatReliesOnChangedEntriesIsCompletedAndTheViewStays() throws IOException {
    layers.addFile("lower/old/file", "1").addFile("lower/calm/file", "2");
    layers.addFile("lower/old/sub/deep", "3").addFile("u0/old/file", "changed");
    for (String name : List.of("old", "calm")) {
      layers.addWhiteout("u1/" + name).addDirectory("u1/new " + name);
      layers.addMark("u1/new " + name, Mark.REDIRECT, "/" + name);
    }
    layers.addDirectory("u1/new old/moved").addWhiteout("u1/new old/sub");
    layers.addMark("u1/new old/moved", Mark.REDIRECT, "sub").withEqualTimes();
    layers.setModified("u1/new old", OLD);
    List<String> before = instances.viewOf(1);
    List<String> lower = layers.namesIn("lower");
    new OtherUpper(instances.spec(1), instances.store).completeBefore(instances.spec(0));
    instances.store.assertAllClosed();
    assertEquals(before, instances.viewOf(1));
    assertEquals(Optional.of("y"), layers.markOf("u1/new old", Mark.OPAQUE));
    assertEquals("1", layers.contentOf("u1/new old/file"));
    assertEquals("3", layers.contentOf("u1/new old/moved/deep"), "its redirect was relative");
    assertEquals(Optional.of("/calm"), layers.markOf("u1/new calm", Mark.REDIRECT));
    assertEquals(lower, layers.namesIn("lower"), "the lower belongs to all instances");
    assertEquals(List.of(), layers.namesIn("w1"));
  }

  @Test
  void upperWithAnUnknownMarkIsRefusedByItsPathUnlessItIsLeftOut() throws IOException {
    layers.addFile("u1/file", "");
    layers.runAt(
        "u1/file",
        (directory, name) -> directory.setXattr(name, "trusted.overlay.tomorrow", new byte[0]));
    OtherUpper other = new OtherUpper(instances.spec(1), instances.store);
    OverlayException e =
        assertThrows(OverlayException.class, () -> other.refuseUnknown(EntrySelection.ALL));
    assertEquals(ProblemCode.MERGE_UNKNOWN_MARK, e.problems().get(0).code());
    assertEquals("/root/u1/file", e.problems().get(0).path().orElseThrow().toString());
    other.refuseUnknown(EntrySelection.of(List.of("file"), List.of(), List.of()));
    instances.store.assertAllClosed();
  }

  /** The kernel marks each new directory opaque. */
  @Test
  void newDirectoriesBecomeTransparentOnceAndHidingOnesStayOpaque() throws IOException {
    layers.addFile("lower/hidden/file", "").addDirectory("lower/old");
    for (String path : List.of("u0/new", "u0/new/inner", "u0/hidden", "u0/left/out")) {
      layers.addDirectory(path).addMark(path, Mark.OPAQUE, "y");
    }
    layers.addDirectory("u0/moved").addMark("u0/moved", Mark.REDIRECT, "/old");
    EntrySelection selection = EntrySelection.of(List.of("left/out"), List.of(), List.of());
    OpaqueRemoval directories = new OpaqueRemoval(instances.spec(0), selection, instances.store);
    directories.makeTransparent();
    assertEquals(Optional.empty(), layers.markOf("u0/new", Mark.OPAQUE));
    assertEquals(Optional.empty(), layers.markOf("u0/new/inner", Mark.OPAQUE));
    assertEquals(Optional.of("y"), layers.markOf("u0/hidden", Mark.OPAQUE));
    assertEquals(Optional.of("y"), layers.markOf("u0/left/out", Mark.OPAQUE));
    assertEquals(Optional.of("/old"), layers.markOf("u0/moved", Mark.REDIRECT));
    // Another upper has been merged meanwhile, so nobody knows any more what was new.
    layers.addMark("u0/new", Mark.OPAQUE, "y");
    directories.makeTransparent();
    assertEquals(Optional.of("y"), layers.markOf("u0/new", Mark.OPAQUE));
    layers.addDirectory("w0/work");
    directories.makeTransparent();
    assertEquals(Optional.empty(), layers.markOf("u0/new", Mark.OPAQUE), "mounted since");
    directories.removeMark();
    assertEquals(Optional.empty(), layers.markOf("u0", Mark.MERGE_SHARED));
    instances.store.assertAllClosed();
  }

  private SharedMerge newMerge() {
    return OverlayMerge.into(layers.pathOf("lower")).uppers(instances.specs).store(instances.store);
  }

  @Test
  void reportsComeInTheOrderOfTheUppersAndNoMarkIsLeft() throws IOException {
    layers.addFile("u0/a", "").addFile("u1/b", "").addFile("u1/a", "last");
    SharedMergeReport report = newMerge().run();
    assertEquals(
        List.of(layers.pathOf("u0"), layers.pathOf("u1")),
        new ArrayList<>(report.merges().keySet()));
    assertEquals("last", layers.contentOf("lower/a"));
    for (String upper : List.of("u0", "u1")) {
      assertEquals(List.of(), instances.placesIn(upper));
      assertEquals(Optional.empty(), layers.markOf(upper, Mark.MERGE_SHARED));
      assertEquals(Optional.empty(), layers.markOf(upper, Mark.MERGE_TIME));
    }
    instances.store.assertAllClosed();
  }

  /** A refusal comes before the first upper is changed, even if the last one is refused. */
  @ParameterizedTest
  @ValueSource(strings = {"metacopy", "volatile", "conflict"})
  void refusalOfTheLastUpperChangesNoLayer(String reason) throws IOException {
    layers.addFile("u0/new", "").addFile("u0/both", "a").addFile("lower/both", "old");
    switch (reason) {
      case "metacopy" -> layers.addMetacopy("u1/broken", 3);
      case "volatile" -> layers.addDirectory("w1/work/incompat/volatile");
      default -> layers.addFile("u1/both", "b");
    }
    List<String> before = layers.allLines();
    FaultyLayerStore store = instances.store;
    assertThrows(
        OverlayException.class, newMerge().policy(ConflictPolicy.REFUSE).store(store)::run);
    assertEquals(before, layers.allLines());
    store.assertAllClosed();
  }

  /** A deletion that another instance does not want stays a whiteout of its instance. */
  @Test
  void commonDeletionsAreMergedAndOthersStay() throws IOException {
    layers.addFile("lower/common", "").addFile("lower/mine/a", "").addFile("lower/mine/b", "");
    layers.addWhiteout("u0/common").addWhiteout("u1/common").addWhiteout("u0/mine");
    List<String> shown = instances.viewOf(0);
    newMerge().policy(ConflictPolicy.DELETE_COMMON).run();
    assertFalse(layers.exists("lower/common"));
    assertTrue(layers.exists("lower/mine/a"));
    assertEquals(List.of("mine"), instances.placesIn("u0"));
    assertEquals(List.of(), instances.placesIn("u1"));
    assertEquals(shown, instances.viewOf(0));
  }
}
