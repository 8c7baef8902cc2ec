package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.ManifestAssertions;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
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
class PartitionedMergeTest {
  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int roots;

  /**
   * Whether the store knows beforehand which renames are refused, the number of workers, and
   * whether operations crash.
   */
  private record MergeVariant(boolean known, int workers, boolean crashes) {}

  @TestFactory
  List<DynamicTest> theViewStaysWhereRenamesAreRefused() {
    List<DynamicTest> tests = new ArrayList<>();
    for (long seed = 0; seed < Integer.getInteger("overlays.seeds", 12); seed++) {
      for (MergeVariant way :
          List.of(
              new MergeVariant(true, 1, false),
              new MergeVariant(false, 1, false),
              new MergeVariant(false, 2, true),
              new MergeVariant(true, 1, true))) {
        long of = seed;
        tests.add(
            DynamicTest.dynamicTest(
                "seed " + seed + " " + way, () -> assertMergeKeepsView(of, way)));
      }
    }
    return tests;
  }

  private void assertMergeKeepsView(long seed, MergeVariant way) throws IOException {
    PortableLayerStore store = new PortableLayerStore();
    Path root = Files.createDirectory(fileSystem.getPath("/root" + roots++));
    RandomLayers random = RandomLayers.of(seed, MarkNamespace.USER).withNodes().withOwners();
    int lowers = seed % 2 == 0 ? 1 : 1 + (int) (seed / 2 % 3);
    MergeCase layers =
        MergeCase.createLayers(store, root, root, lowers, random, MarkNamespace.USER, false);
    LayerView now = layers.mergedView().withoutHardLinks();
    List<String> view = now.manifest();
    List<String> everything = now.withDirectoryTimes().manifest();
    FaultyLayerStore.OperationHook sameView =
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            ManifestAssertions.assertSameLines(
                view, now.manifest(), () -> "after " + operation + " of " + path);
          }
        };
    long crash = way.crashes() ? 1 + seed : Long.MAX_VALUE;
    while (true) {
      FaultyLayerStore faulty =
          new FaultyLayerStore(new PartitionedStore(store, seed, way.known()))
              .setHook(sameView)
              .shuffleListings(seed)
              .crashAt(crash);
      try {
        OverlayMerge.of(layers.spec()).store(faulty).workers(way.workers()).run();
        faulty.assertAllClosed();
        break;
      } catch (OverlayException e) {
        assertTrue(faulty.hasCrashed(), e::getMessage);
      }
      faulty.assertAllClosed();
      crash += 5 + crash / 2;
    }
    ManifestAssertions.assertSameLines(
        everything,
        layers.lowerView().withoutHardLinks().withDirectoryTimes().manifest(),
        () -> "the lower");
    assertEquals(List.of(), layers.upperEntries(), "left in the upper");
    assertEquals(List.of(), layers.markedLinesInLower(), "marks in the lower");
  }
}
