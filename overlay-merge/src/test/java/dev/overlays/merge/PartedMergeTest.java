package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.contract.SameLines;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.Operation;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tests a merge into a lower with directories that refuse renames. The view is the same after every
 * operation, except for hard links, and a crash at any operation loses nothing.
 */
class PartedMergeTest {
  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int roots;

  /**
   * Whether the store knows beforehand which renames are refused, the number of workers, and
   * whether operations crash.
   */
  private record Way(boolean known, int workers, boolean crashes) {}

  @TestFactory
  List<DynamicTest> theViewStaysWhateverCannotBeRenamed() {
    List<DynamicTest> tests = new ArrayList<>();
    for (long seed = 0; seed < Integer.getInteger("overlays.seeds", 12); seed++) {
      for (Way way :
          List.of(
              new Way(true, 1, false),
              new Way(false, 1, false),
              new Way(false, 2, true),
              new Way(true, 1, true))) {
        long of = seed;
        tests.add(DynamicTest.dynamicTest("seed " + seed + " " + way, () -> merge(of, way)));
      }
    }
    return tests;
  }

  private void merge(long seed, Way way) throws IOException {
    PortableLayerStore store = new PortableLayerStore();
    Path root = Files.createDirectory(fileSystem.getPath("/root" + roots++));
    RandomLayers random = RandomLayers.of(seed, MarkNamespace.USER).withNodes().withOwners();
    int lowers = seed % 2 == 0 ? 1 : 1 + (int) (seed / 2 % 3);
    MergeCase layers = MergeCase.make(store, root, root, lowers, random, MarkNamespace.USER, false);
    LayerView now = layers.view().withoutHardLinks();
    List<String> view = now.manifest();
    List<String> everything = now.withDirectoryTimes().manifest();
    FaultyLayerStore.Hook sameView =
        new FaultyLayerStore.Hook() {
          @Override
          public void after(Operation operation, String path) throws IOException {
            SameLines.check(view, now.manifest(), () -> "after " + operation + " of " + path);
          }
        };
    long crash = way.crashes() ? 1 + seed : Long.MAX_VALUE;
    while (true) {
      FaultyLayerStore faulty =
          new FaultyLayerStore(new PartedStore(store, seed, way.known()))
              .hook(sameView)
              .shuffled(seed)
              .crashAt(crash);
      try {
        OverlayMerge.of(layers.spec()).store(faulty).workers(way.workers()).run();
        faulty.assertAllClosed();
        break;
      } catch (OverlayException e) {
        assertTrue(faulty.crashed(), e::getMessage);
      }
      faulty.assertAllClosed();
      crash += 5 + crash / 2;
    }
    SameLines.check(
        everything,
        layers.lower().withoutHardLinks().withDirectoryTimes().manifest(),
        () -> "the lower");
    assertEquals(List.of(), layers.upperEntries(), "left in the upper");
    assertEquals(List.of(), layers.markedInLower(), "marks in the lower");
  }
}
