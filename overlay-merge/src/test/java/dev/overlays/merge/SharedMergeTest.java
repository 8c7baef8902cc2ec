package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.contract.ManifestAssertions;
import dev.overlays.merge.report.ConflictKind;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares merges of several random uppers with {@link SharedModel}. */
class SharedMergeTest {
  private static final long SEEDS = Long.getLong("overlays.seeds", 20);

  /** A promise about the layers of one seed. The first {@code merged} instances are merged. */
  @FunctionalInterface
  private interface SeedPromise {
    void assertHolds(SharedLayers layers, int merged, long seed) throws IOException;
  }

  private static List<DynamicTest> forSeeds(SeedPromise promise) {
    return LongStream.range(0, SEEDS)
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    "seed " + seed,
                    () -> {
                      SharedLayers layers = SharedLayers.createLayers(seed);
                      int merged = 1 + (int) (seed / 3 % layers.specs().size());
                      promise.assertHolds(layers, merged, seed);
                    }))
        .toList();
  }

  private static List<String> linesOf(SortedMap<String, String> tree) {
    return List.copyOf(tree.values());
  }

  /** Asserts that the lower and all views are the result of all changes applied in order. */
  private static void assertInOrder(SharedLayers layers, SharedModel model, int merged)
      throws IOException {
    SortedMap<String, String> tree = model.lowerAfterMerging(merged);
    ManifestAssertions.assertSameLines(
        linesOf(tree), linesOf(SharedModel.linesByPath(layers.lowerView())), () -> "the lower");
    for (int i = 0; i < layers.specs().size(); i++) {
      int instance = i;
      SortedMap<String, String> view = new TreeMap<>(tree);
      if (i >= merged) {
        model.applySide(view, model.sides.get(i));
      } else {
        // The root of an upper stays, with its own attributes.
        view.put(".", model.sides.get(i).view().get("."));
        assertEquals(1, layers.upperView(i).manifest().size(), () -> "left in " + instance);
      }
      ManifestAssertions.assertSameLines(
          linesOf(view),
          linesOf(SharedModel.linesByPath(layers.instanceView(i))),
          () -> "the view of " + instance);
    }
  }

  @TestFactory
  List<DynamicTest> inOrderTheLastOneWins() {
    return forSeeds(
        (layers, merged, seed) -> {
          SharedModel model = SharedModel.of(layers);
          FaultyLayerStore store = new FaultyLayerStore(SharedLayers.STORE).shuffleListings(seed);
          layers.newMerge(merged).workers(seed % 4 == 3 ? 2 : 1).store(store).run();
          store.assertAllClosed();
          assertInOrder(layers, model, merged);
        });
  }

  /** Entries at the private paths of an upper stay in it. */
  @TestFactory
  List<DynamicTest> privatePathsStayInTheirUpper() {
    return forSeeds(
        (layers, merged, seed) -> {
          SharedLayers own = layers.withPrivatePaths();
          List<List<String>> before = own.linesAtPrivatePaths();
          own.newMerge(merged).run();
          if (seed % 2 == 0) {
            assertEquals(before, own.linesAtPrivatePaths());
          }
        });
  }

  /** The view of the only merged upper is the same after every operation. */
  @TestFactory
  List<DynamicTest> theMergedInstancesViewNeverChanges() {
    return forSeeds(
        (layers, merged, seed) -> {
          LayerView view = layers.instanceView(0);
          List<String> before = view.manifest();
          FaultyLayerStore store =
              new FaultyLayerStore(SharedLayers.STORE)
                  .setHook(
                      new FaultyLayerStore.OperationHook() {
                        @Override
                        public void afterChange(FileOperation operation, String path)
                            throws IOException {
                          ManifestAssertions.assertSameLines(
                              before, view.manifest(), () -> "after " + operation + " of " + path);
                        }
                      });
          ConflictPolicy policy =
              seed % 4 < 2 ? ConflictPolicy.IN_ORDER : ConflictPolicy.DELETE_COMMON;
          layers.newMerge(1).policy(policy).store(store).run();
        });
  }

  @TestFactory
  List<DynamicTest> dryRunAndMergeCountTheConflictsOfTheModel() {
    return forSeeds(
        (layers, merged, seed) -> {
          SharedModel model = SharedModel.of(layers);
          List<String> before = layers.allLines();
          SharedMergeReport would = layers.newMerge(merged).dryRun();
          assertEquals(before, layers.allLines());
          assertEquals(conflictsExpected(model, merged), conflictsReported(would));
          assertEquals(SharedModel.countByKind(model.findConflicts(merged)), would.conflicts());
          SharedMergeReport did = layers.newMerge(merged).run();
          assertEquals(would.conflicts(), did.conflicts());
          assertEquals(would.examples(), did.examples());
        });
  }

  private static List<String> conflictsExpected(SharedModel model, int merged) {
    return model.findConflicts(merged).entrySet().stream()
        .map(conflict -> conflict.getValue() + " " + conflict.getKey())
        .filter(line -> line.indexOf('\\') < 0)
        .sorted()
        .toList();
  }

  private static List<String> conflictsReported(SharedMergeReport report) {
    return report.examples().stream()
        .filter(conflict -> conflict.path().chars().allMatch(c -> c > ' ' && c < 127 && c != '\\'))
        .map(conflict -> conflict.kind() + " " + conflict.path())
        .sorted()
        .toList();
  }

  @TestFactory
  List<DynamicTest> refusePolicyRefusesConflictsAndChangesNothing() {
    return forSeeds(
        (layers, merged, seed) -> {
          SharedModel model = SharedModel.of(layers);
          Map<String, ConflictKind> conflicts = model.findConflicts(merged);
          List<String> before = layers.allLines();
          if (conflicts.isEmpty()) {
            layers.newMerge(merged).policy(ConflictPolicy.REFUSE).run();
            assertInOrder(layers, model, merged);
            return;
          }
          OverlayException e =
              assertThrows(
                  OverlayException.class,
                  () -> layers.newMerge(merged).policy(ConflictPolicy.REFUSE).run());
          assertEquals(conflicts.size(), e.problems().size());
          e.problems().forEach(problem -> assertEquals(ProblemCode.MERGE_CONFLICT, problem.code()));
          assertEquals(before, layers.allLines());
        });
  }

  /** A merge that crashes at any operation and is run again has the same result. */
  @TestFactory
  List<DynamicTest> aCrashChangesNothingInTheEnd() {
    return forSeeds(
        (layers, merged, seed) -> {
          SharedModel model = SharedModel.of(layers);
          long crash = 1;
          while (true) {
            FaultyLayerStore store =
                new FaultyLayerStore(SharedLayers.STORE).crashAt(crash).shuffleListings(crash);
            try {
              layers.newMerge(merged).store(store).run();
              break;
            } catch (OverlayException e) {
              assertTrue(store.hasCrashed(), e.getMessage());
            }
            store.assertAllClosed();
            crash += 1 + seed % 3;
          }
          assertInOrder(layers, model, merged);
        });
  }

  @TestFactory
  List<DynamicTest> deleteCommonDeletesOnlyWhatAllDelete() {
    return forSeeds(
        (layers, merged, seed) -> {
          SharedModel model = SharedModel.of(layers);
          FaultyLayerStore store = new FaultyLayerStore(SharedLayers.STORE).shuffleListings(seed);
          layers.newMerge(merged).policy(ConflictPolicy.DELETE_COMMON).store(store).run();
          store.assertAllClosed();
          assertDeletesOnlyCommon(layers, model, merged == layers.specs().size());
        });
  }

  private static void assertDeletesOnlyCommon(
      SharedLayers layers, SharedModel model, boolean everyOne) throws IOException {
    SortedMap<String, String> lower = SharedModel.linesByPath(layers.lowerView());
    List<SortedMap<String, String>> views = new ArrayList<>();
    for (int i = 0; i < layers.specs().size(); i++) {
      views.add(SharedModel.linesByPath(layers.instanceView(i)));
    }
    model.lower.forEach(
        (path, line) -> {
          boolean all = true;
          for (int i = 0; i < views.size(); i++) {
            SharedModel.InstanceSide side = model.sides.get(i);
            String instance = path + " in " + i;
            if (!side.view().containsKey(path)) {
              assertFalse(views.get(i).containsKey(path), () -> "deleted, but back: " + instance);
            } else {
              all = false;
            }
            if (side.reliesOnLower(path, model.lower)) {
              assertTrue(views.get(i).containsKey(path), () -> "lost: " + instance);
              assertTrue(lower.containsKey(path), () -> "lost from the lower: " + instance);
              assertEquals(
                  SharedModel.isDirectory(line),
                  SharedModel.isDirectory(lower.get(path)),
                  () -> "another kind: " + instance);
            }
          }
          assertTrue(
              !everyOne || !all || !lower.containsKey(path), () -> "deleted by all: " + path);
        });
    for (int i = 0; i < views.size(); i++) {
      int instance = i;
      SharedModel.InstanceSide side = model.sides.get(i);
      for (String path : side.own()) {
        boolean alone = true;
        for (int j = 0; j < views.size(); j++) {
          alone &= j == i || !isTouched(model.sides.get(j), path);
        }
        if (alone) {
          String was = side.view().get(path);
          assertEquals(was, views.get(i).get(path), () -> "own of " + instance);
        }
      }
    }
  }

  /** Whether an instance has a path, or a directory around it, in its upper. */
  private static boolean isTouched(SharedModel.InstanceSide side, String path) {
    boolean touched = side.own().contains(path);
    for (String around = SharedModel.parentPath(path);
        !around.equals(".");
        around = SharedModel.parentPath(around)) {
      touched |= side.own().contains(around);
    }
    return touched;
  }
}
