package dev.overlays.merge.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.IdMapping;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.owners.MappedLayerStore;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lower has the IDs 1000 to 1009 on the disk, which the view shows as 0 to 9. */
class OwnerCheckTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore faulty = new FaultyLayerStore(HandMadeLayers.STORE);
  private boolean isMapped = true;

  OwnerCheckTest() throws IOException {}

  private List<Problem> findProblems(EntrySelection selection, List<RenamedEntry> renamed)
      throws IOException {
    LayerStore store =
        isMapped
            ? MappedLayerStore.mapLowers(
                faulty,
                List.of(
                    OverlaySpec.builder()
                        .lower(layers.pathOf("lower"), IdMapping.of(1000, 0, 10))
                        .upper(layers.pathOf("upper"))
                        .work(layers.pathOf("work"))
                        .build()))
            : faulty;
    try (LayerDirectory upper = store.open(layers.pathOf("upper"));
        LayerRoots lowers =
            LayerRoots.openRoots(
                store, List.of(layers.pathOf("lower")), List.of(), MarkNamespace.TRUSTED)) {
      return new OwnerCheck(upper, lowers).findProblems(selection, renamed);
    } finally {
      faulty.assertAllClosed();
    }
  }

  private List<String> pathsWithProblems(EntrySelection selection) throws IOException {
    return findProblems(selection, List.of()).stream()
        .map(problem -> problem.path().orElseThrow().toString())
        .sorted()
        .toList();
  }

  private void setOwner(String path, int owner) throws IOException {
    layers.runAt(path, (directory, name) -> directory.setOwner(name, owner, owner));
  }

  @Test
  void entryWhoseOwnerTheLowerCannotKeepIsAProblem() throws IOException {
    layers.addFile("upper/dir/fine", "").addFile("upper/dir/lost", "");
    setOwner("upper/dir/fine", 9);
    setOwner("upper/dir/lost", 10);
    Problem problem = findProblems(EntrySelection.ALL, List.of()).get(0);
    assertEquals(ProblemCode.MERGE_OWNER_UNMAPPED, problem.code());
    assertEquals("/root/upper/dir/lost", problem.path().orElseThrow().toString());
    assertTrue(problem.message().contains("the owner 10:10"), problem.message());
    assertTrue(problem.message().contains("/root/lower has no ID"), problem.message());
    assertEquals(List.of("/root/upper/dir/lost"), pathsWithProblems(EntrySelection.ALL));
  }

  @Test
  void rootCountsWhereItIsMerged() throws IOException {
    layers.addFile("upper/file", "");
    layers.runAt("upper", (directory, name) -> directory.setOwner(name, 77, 0));
    assertEquals(List.of("/root/upper"), pathsWithProblems(EntrySelection.ALL));
    EntrySelection part = EntrySelection.of(List.of(), List.of(), List.of("file"));
    assertEquals(List.of(), pathsWithProblems(part));
  }

  /** A whiteout has no owner that anybody would see, and what stays in the upper keeps its own. */
  @Test
  void whiteoutsAndWhatIsLeftOutLoseNothing() throws IOException {
    layers.addWhiteout("upper/gone").addFile("upper/left/out", "");
    setOwner("upper/gone", 77);
    setOwner("upper/left/out", 77);
    EntrySelection without = EntrySelection.of(List.of("left"), List.of(), List.of());
    assertEquals(List.of(), pathsWithProblems(without));
    assertEquals(List.of("/root/upper/left/out"), pathsWithProblems(EntrySelection.ALL));
  }

  @Test
  void layersWithoutMappingsAreNotEvenRead() throws IOException {
    isMapped = false;
    layers.addFile("upper/file", "");
    setOwner("upper/file", 77);
    faulty.faults().startRecording();
    assertEquals(List.of(), findProblems(EntrySelection.ALL, List.of()));
    assertEquals(2, faulty.faults().recordedOperations().size(), "the openings of both roots");
  }

  /** The upper would get what the mapping of the lower has no ID for. */
  @Test
  void whatARenamedDirectoryShowsOfTheLowerCountsToo() throws IOException {
    layers.addFile("lower/old/deep/strange", "").addDirectory("upper/new");
    for (String path : List.of("lower", "lower/old", "lower/old/deep")) {
      setOwner(path, 1000);
    }
    setOwner("lower/old/deep/strange", 5);
    RenamedEntry renamed =
        new RenamedEntry(
            TreePlace.of(List.of(Name.of("new"))), TreePlace.of(List.of(Name.of("old"))), true);
    List<Problem> problems = findProblems(EntrySelection.ALL, List.of(renamed));
    assertEquals(1, problems.size(), problems::toString);
    assertEquals("/root/lower/old/deep/strange", problems.get(0).path().orElseThrow().toString());
  }

  @Test
  void searchEndsAtTwentyProblems() throws IOException {
    for (int i = 0; i < 50; i++) {
      layers.addFile("upper/d" + i % 7 + "/f" + i, "");
      setOwner("upper/d" + i % 7 + "/f" + i, 77);
    }
    assertEquals(20, findProblems(EntrySelection.ALL, List.of()).size());
  }
}
