package dev.overlays.merge.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.contract.ManifestAssertions;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Merges to another file system: the originals of many directories go after one sync, and what one
 * more file costs.
 */
class BatchedCopiesTest {
  /** More than what waits for one sync, three times. */
  private static final int MANY = 3 * LowerSyncQueue.MOST_WAITING + 20;

  /** The view is compared after each operation of this number. */
  private static final int COMPARED = 199;

  private final HandMadeLayers upperLayers = new HandMadeLayers();
  private final HandMadeLayers lowerLayers = new HandMadeLayers();
  private final OverlaySpec spec =
      OverlaySpec.builder()
          .lower(lowerLayers.pathOf("lower"))
          .upper(upperLayers.pathOf("upper"))
          .work(upperLayers.pathOf("work"))
          .build();

  BatchedCopiesTest() throws IOException {}

  /** Directories in directories: merged ones, opaque ones, new ones, each with every step. */
  private void makeDirectories(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String place = "/t" + i % 3 + "/d" + i;
      lowerLayers.addFile("lower" + place + "/old", "old").addFile("lower" + place + "/in/x", "x");
      upperLayers.addFile("upper" + place + "/old", "changed " + i);
      upperLayers
          .addFile("upper" + place + "/in/new", "new")
          .addWhiteout("upper" + place + "/in/x");
      if (i % 4 == 1) {
        upperLayers.addMark("upper" + place, Mark.OPAQUE, "y");
      }
    }
    lowerLayers.withEqualTimes();
    upperLayers.withEqualTimes();
  }

  private LayerView view() {
    return LayerView.of(
        HandMadeLayers.STORE, spec.upper().orElseThrow(), spec.lowers(), MarkNamespace.TRUSTED);
  }

  private LayerView lower() {
    return LayerView.ofLowers(HandMadeLayers.STORE, spec.lowers(), MarkNamespace.TRUSTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void viewStaysWhileBatchesAreRemovedAndAfterCrashes(int workers) throws IOException {
    makeDirectories(MANY / 2);
    List<String> view = view().withoutHardLinks().manifest();
    List<String> everything = view().withDirectoryTimes().manifest();
    AtomicLong changes = new AtomicLong();
    FaultyLayerStore.OperationHook sameView =
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            if (changes.incrementAndGet() % COMPARED == 0) {
              ManifestAssertions.assertSameLines(
                  view,
                  view().withoutHardLinks().manifest(),
                  () -> "after " + operation + " of " + path);
            }
          }
        };
    long crash = 2000;
    for (boolean crashed = true; crashed; crash += 2000) {
      FaultyLayerStore store =
          new FaultyLayerStore(HandMadeLayers.STORE).setHook(sameView).crashAt(crash);
      try {
        OverlayMerge.of(spec).store(store).workers(workers).run();
        crashed = false;
      } catch (OverlayException e) {
        assertTrue(store.hasCrashed(), e::getMessage);
      }
      store.assertAllClosed();
    }
    assertTrue(crash > 6000, "it has crashed at least twice");
    ManifestAssertions.assertSameLines(
        everything, lower().withDirectoryTimes().manifest(), () -> "the lower");
    assertEquals(List.of(), upperLayers.namesIn("upper"));
  }

  private Map<FileOperation, Integer> countOperations() throws IOException {
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    store.faults().startRecording();
    OverlayMerge.of(spec).store(store).run();
    Map<FileOperation, Integer> counts = new EnumMap<>(FileOperation.class);
    for (RecordedOperation operation : store.faults().recordedOperations()) {
      counts.merge(operation.operation(), 1, Integer::sum);
    }
    return counts;
  }

  /** A first sync for the whiteout of the staging directory, and then one for each batch. */
  @Test
  void syncsAreFewerThanDirectories() throws IOException {
    makeDirectories(MANY / 2);
    // Each has an inner one, and a quarter loses its opaque mark after the sync, too.
    int waiting = MANY + MANY / 8;
    int most = 2 + waiting / LowerSyncQueue.MOST_WAITING;
    int syncs = countOperations().get(FileOperation.SYNC);
    assertTrue(syncs <= most + 1, () -> syncs + " syncs, at most " + most);
  }

  private Map<FileOperation, Integer> costOfAFile() throws IOException {
    int few = 10;
    int many = 30;
    Map<FileOperation, Integer> cost = new EnumMap<>(FileOperation.class);
    for (int files : new int[] {few, many}) {
      for (int i = 0; i < files; i++) {
        lowerLayers.addFile("lower/d/f" + i, "old");
        upperLayers.addFile("upper/d/f" + i, "newer").setMode("upper/d/f" + i, 0640);
      }
      int sign = files == few ? -1 : 1;
      countOperations()
          .forEach((operation, count) -> cost.merge(operation, sign * count, Integer::sum));
    }
    cost.values().removeIf(count -> count == 0);
    cost.replaceAll((operation, count) -> count / (many - few));
    return cost;
  }

  /**
   * The survey reads the attributes and marks before anything is changed. The copy reads the
   * attributes again, and once more what it has got of them. This store looks for the file twice,
   * creates a copy and fills it in steps; the native one opens both, with the mode, and reads the
   * attributes of what it has opened.
   */
  @Test
  void copyOfAFileNeedsNoSyncAndAsksNothingTwice() throws IOException {
    assertEquals(
        Map.of(
            FileOperation.STAT, 4,
            FileOperation.READ_XATTR, 1,
            FileOperation.CREATE_FILE, 1,
            FileOperation.COPY_DATA, 1,
            FileOperation.SET_TIMES, 1,
            FileOperation.SET_MODE, 1,
            FileOperation.RENAME, 1,
            FileOperation.REMOVE, 1),
        costOfAFile());
  }

  /** Whiteouts of the kernel are names of one inode. The survey and the walk ask for it once. */
  @Test
  void whiteoutsOfOneInodeCostNoStat() throws IOException {
    int[] stats = new int[2];
    for (int few : new int[] {1, 0}) {
      lowerLayers.addFile("lower/d/f0", "old");
      upperLayers.addWhiteout("upper/d/f0");
      for (int i = 1; i < (few == 1 ? 10 : 30); i++) {
        lowerLayers.addFile("lower/d/f" + i, "old");
        Files.createLink(upperLayers.pathOf("upper/d/f" + i), upperLayers.pathOf("upper/d/f0"));
      }
      stats[few] = countOperations().get(FileOperation.STAT);
      assertEquals(List.of(), upperLayers.namesIn("upper"));
    }
    assertEquals(stats[1], stats[0], "as many for few as for many");
  }

  /** When the walk comes to the second name, the first is gone, and only its mark tells of it. */
  @Test
  void secondNameThatIsReachedAfterASyncIsALinkToTheCopy() throws IOException {
    makeDirectories(MANY / 2);
    for (String top : List.of("t0", "t1", "t2")) {
      upperLayers.addFile("upper/" + top + "/a", "linked");
      for (String name : List.of("t0/z", "t1/z", "t2/z")) {
        Path link = upperLayers.pathOf("upper/" + name.replace("z", "from-" + top));
        Files.createLink(link, upperLayers.pathOf("upper/" + top + "/a"));
      }
    }
    OverlayMerge.of(spec).store(HandMadeLayers.STORE).run();
    for (String top : List.of("t0", "t1", "t2")) {
      assertEquals(4, lowerLayers.statOf("lower/" + top + "/a").links(), top);
    }
  }

  /** The survey comes before renamed entries are pulled up, so it knows nothing of these. */
  @Test
  void pulledUpFileKeepsItsExtendedAttributesInTheCopy() throws IOException {
    lowerLayers.addFile("lower/old/kept", "1").addFile("upper/plain", "2");
    lowerLayers.runAt(
        "lower/old/kept",
        (directory, name) -> directory.setXattr(name, "user.own", new byte[] {1}));
    upperLayers.addDirectory("upper/new").addMark("upper/new", Mark.REDIRECT, "/old");
    upperLayers.addWhiteout("upper/old");
    OverlayMerge.of(spec.toBuilder().options(o -> o.withRedirectDir(RedirectDir.ON)).build())
        .store(HandMadeLayers.STORE)
        .run();
    try (LayerDirectory directory = lowerLayers.openDirectory("lower/new")) {
      assertEquals(List.of("user.own"), directory.xattrs(Name.of("kept")));
    }
  }

  /** A new file gets the default ACL of the directory that it is created in. */
  @Test
  void copiesDoNotKeepWhatTheLowersRootHandsDown() throws IOException {
    upperLayers.addFile("upper/plain", "1").addFile("upper/also", "2").addFile("upper/d/in", "3");
    upperLayers.runAt(
        "upper/also", (directory, name) -> directory.setXattr(name, "user.own", new byte[] {1}));
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            if (operation == FileOperation.CREATE_FILE) {
              handDown(Path.of(path));
            }
          }
        });
    OverlayMerge.of(spec).store(store).run();
    try (LayerDirectory root = lowerLayers.openDirectory("lower")) {
      assertEquals(List.of(), root.xattrs(Name.of("plain")));
      assertEquals(List.of("user.own"), root.xattrs(Name.of("also")));
    }
  }

  private void handDown(Path created) throws IOException {
    Path entry = lowerLayers.pathOf(created.toString());
    try (LayerDirectory directory = HandMadeLayers.STORE.open(entry.getParent())) {
      directory.setXattr(Name.of(entry.getFileName().toString()), "user.given", new byte[] {2});
    }
  }
}
