package dev.overlays.merge.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.SquashReport;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.Fault;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.Operation;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of a merge, over random layers of many seeds; each failure names its seed. Extend it
 * for a layer store of your own.
 */
public abstract class MergeContract {

  /** For those who extend it. */
  protected MergeContract() {}

  /**
   * Returns the store that the merge runs over.
   *
   * @return the store
   */
  protected abstract LayerStore store();

  /**
   * Makes a new directory to put layers in.
   *
   * @return an empty directory
   * @throws IOException if it cannot be made
   */
  protected abstract Path newRoot() throws IOException;

  /**
   * Returns where the store keeps marks.
   *
   * @return the namespace
   */
  protected abstract MarkNamespace marks();

  /**
   * Returns the random layers of a seed. Override it where the store can hold more.
   *
   * @param seed the seed
   * @return layers without device nodes and foreign owners
   */
  protected RandomLayers layers(long seed) {
    return RandomLayers.of(seed, marks());
  }

  /**
   * Returns the number of seeds for each promise.
   *
   * @return 100
   */
  protected int seeds() {
    return 100;
  }

  /**
   * Makes a new directory for a lower on another file system than the upper.
   *
   * @return an empty directory; empty if there is only one file system
   * @throws IOException if it cannot be made
   */
  protected Optional<Path> newRootElsewhere() throws IOException {
    return Optional.empty();
  }

  /** A promise about the layers of one seed. */
  @FunctionalInterface
  private interface Promise {
    void holds(MergeCase layers, long seed) throws IOException;
  }

  private List<DynamicTest> forSeeds(Promise promise) {
    return LongStream.range(0, seeds())
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest("seed " + seed, () -> promise.holds(layersOf(seed), seed)))
        .toList();
  }

  /** Creates the layers of a seed. Every other seed has all formats, over one to three lowers. */
  private MergeCase layersOf(long seed) throws IOException {
    Path root = newRoot();
    int lowers = seed % 2 == 0 ? 1 : 1 + (int) (seed / 2 % 3);
    RandomLayers layers = seed % 2 == 0 ? layers(seed) : layers(seed).withXattrWhiteoutsInUpper();
    return MergeCase.make(store(), root, root, lowers, layers, marks(), seed % 2 == 0);
  }

  private static OverlayMerge byWorkers(OverlayMerge merge, long seed) {
    return merge.workers(seed % 4 == 3 ? 2 : 1);
  }

  /**
   * The view is the same after every single operation, and in the end the lower equals the view.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> theViewNeverChanges() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.during().manifest();
          List<String> everything = layers.view().withDirectoryTimes().manifest();
          FaultyLayerStore store = watched(layers, view).shuffled(seed);
          byWorkers(layers.merge().store(store), seed).run();
          SameLines.check(view, layers.during().manifest(), () -> "the view at the end");
          SameLines.check(
              everything, layers.lower().withDirectoryTimes().manifest(), () -> "the lower");
          assertEquals(List.of(), layers.upperEntries(), "left in the upper");
          assertEquals(List.of(), layers.markedInLower(), "marks in the lower");
          store.assertAllClosed();
        });
  }

  /**
   * With private paths the view is the same, too. They stay in the upper, and those of the lower
   * are unchanged unless a directory around them was deleted.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> privatePathsStay() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.during().manifest();
          PrivateParts before = PrivateParts.of(layers);
          FaultyLayerStore store = watched(layers, view).shuffled(seed);
          byWorkers(layers.mergeWithPrivatePaths().store(store), seed).run();
          SameLines.check(view, layers.during().manifest(), () -> "the view at the end");
          PrivateParts.of(layers).assertLeftAlone(before, seed % 2 == 0);
          store.assertAllClosed();
        });
  }

  /**
   * After a crash at any operation the view is the same, and another run finishes the merge.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> aCrashLosesNothing() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.during().manifest();
          List<String> everything = layers.view().withDirectoryTimes().manifest();
          long crash = 1;
          while (true) {
            FaultyLayerStore store = new FaultyLayerStore(store()).crashAt(crash).shuffled(crash);
            try {
              layers.merge().store(store).run();
              break;
            } catch (OverlayException e) {
              assertTrue(store.crashed(), e.getMessage());
            }
            store.assertAllClosed();
            String when = "the view after crash " + crash;
            SameLines.check(view, layers.during().manifest(), () -> when);
            // Each run gets a little further before it crashes.
            crash += 1 + seed % 3;
          }
          SameLines.check(
              everything, layers.lower().withDirectoryTimes().manifest(), () -> "the lower");
          assertEquals(List.of(), layers.upperEntries(), "left in the upper");
        });
  }

  /**
   * A failed operation is reported with its code, and another run continues the merge.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> aFailureIsToldAndLosesNothing() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.during().manifest();
          List<Fault> faults = List.of(Fault.values());
          Fault fault = faults.get((int) (seed % faults.size()));
          FaultyLayerStore store = new FaultyLayerStore(store()).failAt(3 + seed % 40, fault);
          try {
            layers.merge().store(store).run();
          } catch (OverlayException e) {
            assertEquals(ProblemCode.MERGE_STOPPED, e.problems().get(0).code());
            SameLines.check(view, layers.during().manifest(), () -> "the view after the failure");
            layers.merge().run();
          }
          store.assertAllClosed();
          SameLines.check(view, layers.lowerDuring().manifest(), () -> "the lower");
        });
  }

  /**
   * A dry run changes nothing and reports what the merge then does, as the listener does. If
   * entries were renamed in the view, the counts may differ.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> aDryRunTellsTheTruth() {
    return forSeeds(
        (layers, seed) -> {
          FaultyLayerStore store = new FaultyLayerStore(store());
          store.hook(
              new FaultyLayerStore.Hook() {
                @Override
                public void before(Operation operation, String path) throws IOException {
                  // Only names that no layer has may be touched: that is how a merge tests its
                  // rights.
                  assertTrue(path.contains("/.overlays-"), operation + " " + path);
                }
              });
          MergeReport would = layers.mergeWithPrivatePaths().store(store).dryRun();
          Map<MergeAction, Long> heard = new EnumMap<>(MergeAction.class);
          MergeReport did =
              layers
                  .mergeWithPrivatePaths()
                  .listener((action, path, bytes) -> heard.merge(action, 1L, Long::sum))
                  .run();
          if (layers.plain()) {
            assertEquals(would.counts(), did.counts());
            assertEquals(would.bytesMoved(), did.bytesMoved());
          }
          assertEquals(did.counts(), heard);
          assertTrue(would.dryRun());
          MergeReport again = layers.mergeWithPrivatePaths().run();
          assertEquals(0, again.count(MergeAction.ADDED) + again.count(MergeAction.DELETED));
        });
  }

  /**
   * A merge refuses layers that are claimed.
   *
   * @throws IOException if the layers cannot be made
   */
  @Test
  protected void aClaimKeepsTheMergeAway() throws IOException {
    MergeCase layers = layersOf(0);
    List<String> lower = layers.lower().withDirectoryTimes().manifest();
    Closeable claim = store().claim(layers.spec());
    try {
      OverlayException e = assertThrows(OverlayException.class, layers.merge()::run);
      assertTrue(e.has(ProblemCode.LAYER_LOCKED), e.getMessage());
      assertEquals(lower, layers.lower().withDirectoryTimes().manifest());
    } finally {
      claim.close();
    }
    layers.merge().run();
  }

  /**
   * Squashed lowers show the same at every moment, and also without the empty layers.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> squashedLowersShowTheSame() {
    return LongStream.range(0, seeds())
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> squash(seed)))
        .toList();
  }

  private void squash(long seed) throws IOException {
    Path root = newRoot();
    int lowers = 2 + (int) (seed % 3);
    MergeCase layers =
        MergeCase.make(store(), root, root, lowers, layers(seed).withEveryFormat(), marks(), false);
    List<String> view = layers.during().manifest();
    List<String> everything = layers.view().withDirectoryTimes().manifest();
    FaultyLayerStore store = watched(layers, view).shuffled(seed);
    int first = (int) (seed % (lowers - 1));
    List<Path> all = layers.spec().lowers();
    SquashReport report =
        OverlaySquash.of(layers.spec())
            .layers(all.get(first), all.get(lowers - 1))
            .store(store)
            .run();
    store.assertAllClosed();
    LayerView without =
        LayerView.of(store(), layers.upperPath(), report.lowers(), marks()).withoutHardLinks();
    SameLines.check(
        everything, without.withDirectoryTimes().manifest(), () -> "without the other layers");
  }

  /**
   * A lower on another file system gets copies. The view is the same after every operation except
   * for hard links, and in the end these are the same, too. A crash at any operation loses nothing.
   *
   * @return a test for each seed, if there is another file system
   */
  @TestFactory
  protected List<DynamicTest> copiesToAnotherFileSystem() {
    return LongStream.range(0, seeds())
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> copies(seed)))
        .toList();
  }

  private void copies(long seed) throws IOException {
    Optional<Path> elsewhere = newRootElsewhere();
    assumeTrue(elsewhere.isPresent(), "there is only one file system");
    RandomLayers random = seed % 2 == 0 ? layers(seed) : layers(seed).withXattrWhiteoutsInUpper();
    MergeCase layers =
        MergeCase.make(store(), newRoot(), elsewhere.get(), 1, random, marks(), seed % 2 == 0);
    List<String> view = layers.view().withoutHardLinks().manifest();
    // Renamed entries are copied up first, so they lose hard links to entries that were not
    // renamed.
    boolean links = seed % 2 == 0;
    List<String> everything = full(layers.view(), links);
    LayerView now = layers.view().withoutHardLinks();
    FaultyLayerStore.Hook sameView =
        new FaultyLayerStore.Hook() {
          @Override
          public void after(Operation operation, String path) throws IOException {
            SameLines.check(view, now.manifest(), () -> "after " + operation + " of " + path);
          }
        };
    long crash = 1 + seed;
    while (true) {
      FaultyLayerStore store = new FaultyLayerStore(store()).hook(sameView).crashAt(crash);
      try {
        byWorkers(layers.merge().store(store), seed).run();
        store.assertAllClosed();
        break;
      } catch (OverlayException e) {
        assertTrue(store.crashed(), e.getMessage());
      }
      store.assertAllClosed();
      crash += 5 + crash;
    }
    SameLines.check(everything, full(layers.lower(), links), () -> "the lower");
    assertEquals(List.of(), layers.upperEntries(), "left in the upper");
    assertEquals(List.of(), layers.markedInLower(), "marks in the lower");
  }

  private static List<String> full(LayerView view, boolean links) throws IOException {
    LayerView shown = links ? view : view.withoutHardLinks();
    return shown.withDirectoryTimes().manifest();
  }

  private FaultyLayerStore watched(MergeCase layers, List<String> view) {
    LayerView now = layers.during();
    return new FaultyLayerStore(store())
        .hook(
            new FaultyLayerStore.Hook() {
              @Override
              public void after(Operation operation, String path) throws IOException {
                SameLines.check(view, now.manifest(), () -> "after " + operation + " of " + path);
              }
            });
  }
}
