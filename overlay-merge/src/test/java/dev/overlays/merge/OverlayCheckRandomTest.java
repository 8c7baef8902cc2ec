package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Checks layers as the kernel leaves them, in which only orphan whiteouts can be found. */
class OverlayCheckRandomTest {
  private static final int SEEDS = 100;
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final LayerStore store = new PortableLayerStore();

  private interface SeedPromise {
    void assertHolds(MergeCase layers, long seed) throws IOException;
  }

  private List<DynamicTest> forSeeds(String what, SeedPromise promise) {
    return LongStream.range(0, SEEDS)
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    what + " seed " + seed,
                    () -> promise.assertHolds(createLayers(what + seed, seed), seed)))
        .toList();
  }

  private MergeCase createLayers(String name, long seed) throws IOException {
    RandomLayers layers = RandomLayers.of(seed, MARKS).withNodes().withOwners();
    Path root = Files.createDirectory(fileSystem.getPath("/" + name));
    return MergeCase.createLayers(store, root, root, 1, layers, MARKS, true);
  }

  @TestFactory
  List<DynamicTest> findsAndRepairsOrphanWhiteouts() {
    return forSeeds(
        "repair",
        (layers, seed) -> {
          OverlayCheck check = OverlayCheck.of(layers.spec());
          SortedSet<String> orphans = new TreeSet<>();
          try (LayerDirectory upper = store.open(layers.upperPath());
              LayerDirectory lower = store.open(layers.spec().lowers().get(0))) {
            findOrphans(upper, lower, orphans);
          }
          FaultyLayerStore shuffled = new FaultyLayerStore(store).shuffleListings(seed);
          List<Problem> problems = check.store(shuffled).run();
          assertEquals(0, shuffled.changeCount());
          assertEquals(
              orphans,
              problems.stream()
                  .map(problem -> problem.path().orElseThrow().toString())
                  .collect(Collectors.toCollection(TreeSet::new)));
          assertTrue(problems.stream().allMatch(p -> p.code() == ProblemCode.WHITEOUT_ORPHAN));
          List<String> before = layers.mergedView().withDirectoryTimes().manifest();
          FaultyLayerStore watched = watchingStore(layers).shuffleListings(seed);
          RepairReport report = check.store(watched).repair();
          watched.assertAllClosed();
          assertEquals(problems.size(), report.count(ProblemCode.WHITEOUT_ORPHAN));
          assertEquals(List.of(), report.left());
          assertEquals(before, layers.mergedView().withDirectoryTimes().manifest());
          assertEquals(List.of(), check.store(store).run());
        });
  }

  /**
   * A repair finds what a merge leaves that crashes at any operation, and the merge then continues.
   */
  @TestFactory
  List<DynamicTest> repairsWhatACrashLeaves() {
    return forSeeds(
        "crash",
        (layers, seed) -> {
          List<String> view = layers.mergedView().manifest();
          FaultyLayerStore crashing = new FaultyLayerStore(store).crashAt(3 + seed % 40);
          try {
            layers.newMerge().store(crashing).run();
          } catch (OverlayException e) {
            assertTrue(crashing.hasCrashed(), e.getMessage());
          }
          OverlayCheck check = OverlayCheck.of(layers.spec());
          RepairReport report = check.store(watchingStore(layers)).repair();
          assertEquals(List.of(), report.left());
          assertEquals(List.of(), check.store(store).run());
          layers.newMerge().run();
          assertEquals(view, layers.lowerView().manifest());
          assertEquals(List.of(), check.store(store).run());
        });
  }

  private FaultyLayerStore watchingStore(MergeCase layers) throws IOException {
    List<String> view = layers.mergedView().manifest();
    return new FaultyLayerStore(store)
        .setHook(
            new FaultyLayerStore.OperationHook() {
              @Override
              public void afterChange(FileOperation operation, String path) throws IOException {
                assertEquals(view, layers.mergedView().manifest(), () -> operation + " of " + path);
              }
            });
  }

  /** Finds orphans without the code of the check. The lower is null if nothing is merged below. */
  private void findOrphans(LayerDirectory upper, LayerDirectory lower, SortedSet<String> orphans)
      throws IOException {
    EntryCursor entries = upper.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      Name name = entry.name();
      EntryStat stat = LayerEntries.requireStat(upper, name);
      EntryStat below = lower == null ? null : lower.stat(name).orElse(null);
      if (LayerEntries.isWhiteout(upper, name, stat, MARKS)) {
        if (below == null) {
          orphans.add(LayerEntries.pathOf(upper, name).toString());
        }
      } else if (stat.isDirectory()) {
        boolean merges =
            below != null && below.isDirectory() && !LayerEntries.isOpaque(upper, name, MARKS);
        try (LayerDirectory innerUpper = upper.open(name);
            LayerDirectory innerLower = merges ? lower.open(name) : null) {
          findOrphans(innerUpper, innerLower, orphans);
        }
      }
    }
  }
}
