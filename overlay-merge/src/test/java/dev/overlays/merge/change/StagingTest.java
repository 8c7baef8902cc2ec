package dev.overlays.merge.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests {@link StagingDirectory}, {@link StagingNames} and {@link LowerStaging}. */
class StagingTest {
  private static final Instant MOUNTED = Instant.ofEpochSecond(1_600_000_000, 5);
  private static final LayerChanges REAL = new LayerChanges(false, MarkNamespace.TRUSTED);
  private static final LayerChanges DRY = new LayerChanges(true, MarkNamespace.TRUSTED);

  private final HandMadeLayers layers = new HandMadeLayers();
  private FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);

  StagingTest() throws IOException {}

  @AfterEach
  void assertAllClosed() {
    store.assertAllClosed();
  }

  private OpenLayers openView() throws IOException {
    return OpenLayers.open(LayerJob.of(layers.spec()), store);
  }

  /** Opens the lower as a squash does, which has no work directory. */
  private OpenLayers openLower() throws IOException {
    return OpenLayers.open(LayerJob.ofLower(layers.spec(), 0), store);
  }

  private static List<String> textOf(List<Name> names) {
    return names.stream().map(Name::toString).toList();
  }

  private Optional<String> recordedName() throws IOException {
    return layers.markOf("lower", Mark.MERGE_STAGING);
  }

  /** Creates what a crash leaves: a staging directory with something in it. */
  private void crashInSquash() throws IOException {
    try (OpenLayers open = openLower()) {
      LayerDirectory staging = open.createStaging(REAL).openDirectory();
      staging.createFile(Name.of("half a copy")).close();
      staging.createDirectory(Name.of("dir"));
      staging.close();
      LayerDirectory trash = open.createTrash(REAL).openDirectory();
      trash.createDirectory(Name.of("1"));
      trash.close();
    }
  }

  @Test
  void directoryIsMadeForItsFirstEntryAndRemovedWithEverything() throws IOException {
    try (LayerDirectory work = store.open(layers.pathOf("work"))) {
      try (StagingDirectory unused = new StagingDirectory(work, Name.of("unused"))) {
        assertEquals(Name.of("1"), unused.nextName());
      }
      assertEquals(0, store.changeCount());
      try (StagingDirectory staging = new StagingDirectory(work, Name.of("staging"))) {
        staging.openDirectory().createDirectory(staging.nextName());
        layers.addFile("work/staging/1/a/b", "");
        assertEquals(List.of("staging", "staging/1", "staging/1/a", "staging/1/a/b"), workNames());
      }
      assertEquals(List.of(), workNames());
    }
  }

  private List<String> workNames() throws IOException {
    return layers.namesIn("work");
  }

  /** The time of the work directory is that of the last mount. */
  @Test
  void directoryAroundKeepsItsTime() throws IOException {
    layers.addFile("work/staging/old/leftover", "").setModified("work", MOUNTED);
    try (LayerDirectory work = store.open(layers.pathOf("work"))) {
      StagingDirectory staging = new StagingDirectory(work, Name.of("staging"));
      staging.openDirectory();
      assertEquals(List.of("staging"), workNames(), "what an earlier run has left is gone");
      assertEquals(MOUNTED, layers.statOf("work").modified());
      staging.close();
      assertEquals(MOUNTED, layers.statOf("work").modified());
      layers.addDirectory("work/staging").setModified("work", MOUNTED);
      staging.removeLeftover();
      assertEquals(List.of(), workNames());
      assertEquals(MOUNTED, layers.statOf("work").modified());
    }
  }

  @Test
  void namesAreGivenOnceToAllWorkers() throws Exception {
    try (LayerDirectory work = store.open(layers.pathOf("work"))) {
      StagingDirectory staging = new StagingDirectory(work, Name.of("staging"));
      Set<Name> names = ConcurrentHashMap.newKeySet();
      Set<LayerDirectory> opened = ConcurrentHashMap.newKeySet();
      List<Thread> threads =
          IntStream.range(0, 4)
              .mapToObj(i -> new Thread(() -> stage(staging, names, opened)))
              .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(400, names.size());
      assertEquals(1, opened.size());
      staging.close();
    }
  }

  private static void stage(StagingDirectory staging, Set<Name> names, Set<LayerDirectory> opened) {
    try {
      for (int i = 0; i < 100; i++) {
        opened.add(staging.openDirectory());
        names.add(staging.nextName());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A process may have no descriptor left just then. */
  @Test
  void directoryThatCannotBeOpenedIsRemovedToo() throws IOException {
    try (LayerDirectory work = store.open(layers.pathOf("work"))) {
      StagingDirectory staging = new StagingDirectory(work, Name.of("staging"));
      store.faults().failAt(FileOperation.OPEN, 2, FaultKind.INPUT_OUTPUT);
      assertThrows(IOException.class, staging::openDirectory);
      staging.close();
      assertEquals(List.of(), workNames());
      staging.openDirectory();
      staging.close();
      assertEquals(List.of(), workNames());
    }
  }

  /** Each operation fails once; whatever is left then, the next run removes. */
  @Test
  void nextRunRemovesWhatAFailureAtAnyOperationHasLeft() throws IOException {
    boolean failed = true;
    for (int at = 1; failed; at++) {
      store = new FaultyLayerStore(HandMadeLayers.STORE).failAt(at);
      try (LayerDirectory work = store.open(layers.pathOf("work"));
          StagingDirectory staging = new StagingDirectory(work, Name.of("staging"))) {
        staging.openDirectory().createFile(staging.nextName()).close();
        staging.openDirectory().createDirectory(staging.nextName());
        failed = false;
      } catch (IOException e) {
        assertTrue(at <= store.changeCount());
      }
      store.assertAllClosed();
      failed |= at <= store.changeCount();
      try (LayerDirectory work = store.open(layers.pathOf("work"))) {
        new StagingDirectory(work, Name.of("staging")).removeLeftover();
      }
      assertEquals(List.of(), workNames(), "after a failure at " + at);
    }
  }

  @Test
  void workDirectoryHasFixedNamesThatAreNotRecorded() throws IOException {
    try (OpenLayers open = openView()) {
      assertEquals(
          List.of("overlays-staging", "overlays-trash", "overlays-private"),
          textOf(StagingNames.leftoverNames(open, MarkNamespace.TRUSTED)));
      try (StagingDirectory staging = open.createStaging(REAL);
          StagingDirectory trash = open.createTrash(REAL)) {
        staging.openDirectory();
        trash.openDirectory();
        assertEquals(List.of("overlays-staging", "overlays-trash"), workNames());
      }
    }
    assertEquals(List.of(), workNames());
    assertEquals(Optional.empty(), layers.markOf("upper", Mark.MERGE_STAGING));
  }

  @Test
  void layerWithoutAWorkDirectoryRecordsNewNamesUntilTheEnd() throws IOException {
    String first;
    try (OpenLayers open = openLower()) {
      try (StagingDirectory staging = open.createStaging(REAL);
          StagingDirectory trash = open.createTrash(REAL)) {
        first = recordedName().orElseThrow();
        assertTrue(LowerStaging.isStagingName(Name.of(first)), first);
        staging.openDirectory();
        trash.openDirectory();
        assertTrue(layers.exists(first));
        assertTrue(layers.exists(first + "-trash"));
      }
    }
    assertEquals(Optional.empty(), recordedName());
    assertFalse(layers.exists(first));
    try (OpenLayers open = openLower();
        StagingDirectory staging = open.createStaging(REAL)) {
      assertNotEquals(first, recordedName().orElseThrow());
      staging.nextName();
    }
  }

  @Test
  void runAfterACrashFindsBothDirectoriesByTheRecordedName() throws IOException {
    crashInSquash();
    String name = recordedName().orElseThrow();
    try (OpenLayers open = openLower()) {
      assertEquals(
          List.of(name, name + "-trash"),
          textOf(StagingNames.leftoverNames(open, MarkNamespace.TRUSTED)));
      try (StagingDirectory staging = open.createStaging(REAL);
          StagingDirectory trash = open.createTrash(REAL)) {
        staging.removeLeftover();
        trash.removeLeftover();
        assertEquals(Optional.of(name), recordedName());
      }
    }
    assertFalse(layers.exists(name));
    assertFalse(layers.exists(name + "-trash"));
    assertEquals(Optional.empty(), recordedName());
  }

  /**
   * A run that cannot remove what is left must not forget where it is, or nobody finds it again.
   */
  @Test
  void nameIsForgottenOnlyWhenBothDirectoriesAreGone() throws IOException {
    crashInSquash();
    String name = recordedName().orElseThrow();
    boolean failed = true;
    for (int at = 1; failed; at++) {
      store = new FaultyLayerStore(HandMadeLayers.STORE).failAt(at);
      failed = false;
      try (OpenLayers open = openLower();
          StagingDirectory staging = open.createStaging(REAL);
          StagingDirectory trash = open.createTrash(REAL)) {
        staging.removeLeftover();
        trash.removeLeftover();
      } catch (IOException e) {
        failed = true;
      }
      boolean left = layers.exists(name) || layers.exists(name + "-trash");
      assertTrue(!left || recordedName().equals(Optional.of(name)), "after a failure at " + at);
      store.assertAllClosed();
    }
    assertFalse(layers.exists(name));
    assertEquals(Optional.empty(), recordedName());
  }

  /** A forged mark must not make a merge remove what belongs to somebody else. */
  @Test
  void forgedNameIsNeitherUsedNorRemoved() throws IOException {
    for (String forged : List.of("upper", "..", "", "a/b", ".overlays-merge-short")) {
      layers.addMark("lower", Mark.MERGE_STAGING, forged);
      try (OpenLayers open = openLower()) {
        assertEquals(List.of(), StagingNames.leftoverNames(open, MarkNamespace.TRUSTED), forged);
        try (StagingDirectory staging = open.createStaging(REAL)) {
          staging.openDirectory();
          assertTrue(LowerStaging.isStagingName(Name.of(recordedName().orElseThrow())));
        }
      }
      assertTrue(layers.exists("upper"));
      assertEquals(Optional.empty(), recordedName());
    }
  }

  @Test
  void dryRunRecordsNothing() throws IOException {
    try (OpenLayers open = openLower();
        StagingDirectory staging = open.createStaging(DRY)) {
      assertEquals(Optional.empty(), recordedName());
      staging.nextName();
    }
    assertEquals(0, store.changeCount());
  }

  @Test
  void viewWithoutItsWorkDirectoryStagesBesideTheUpper() throws IOException {
    Files.delete(layers.pathOf("work"));
    try (OpenLayers open = openView();
        StagingDirectory staging = open.createStaging(REAL)) {
      assertEquals("/root", open.beside().toString());
      staging.openDirectory();
      assertTrue(layers.exists(layers.markOf("upper", Mark.MERGE_STAGING).orElseThrow()));
    }
    assertEquals(Optional.empty(), layers.markOf("upper", Mark.MERGE_STAGING));
  }

  @Test
  void stagingInALowerIsHiddenBeforeItIsThere() throws IOException {
    Name name = LowerStaging.newName();
    try (LayerDirectory upper = store.open(layers.pathOf("upper"));
        LayerDirectory lower = store.open(layers.pathOf("lower"))) {
      try (StagingDirectory staging = LowerStaging.openHidden(upper, lower, name)) {
        assertTrue(layers.statOf("upper/" + name).isWhiteoutDevice());
        assertFalse(layers.exists("lower/" + name));
        staging.openDirectory();
        assertTrue(layers.exists("lower/" + name));
      }
      assertFalse(layers.exists("lower/" + name));
      assertTrue(layers.exists("upper/" + name), "it hides the directory as long as it is there");
      LowerStaging.stopHiding(upper, name);
      assertFalse(layers.exists("upper/" + name));
    }
  }

  @Test
  void stagingNamesAreNewInEachRunAndToldFromOthers() {
    Set<Name> names = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      Name name = LowerStaging.newName();
      assertTrue(LowerStaging.isStagingName(name));
      assertTrue(names.add(name));
    }
    String name = names.iterator().next().toString();
    for (String other :
        List.of(name + "x", name.substring(1), name.substring(0, 50), ".overlays-merge-", "x")) {
      assertFalse(LowerStaging.isStagingName(Name.of(other)), other);
    }
  }
}
