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
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
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
  protected abstract LayerStore layerStore();

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
  protected abstract MarkNamespace markNamespace();

  /**
   * Returns the random layers of a seed. Override it where the store can hold more.
   *
   * @param seed the seed
   * @return layers without device nodes and foreign owners
   */
  protected RandomLayers randomLayers(long seed) {
    return RandomLayers.of(seed, markNamespace());
  }

  /**
   * Returns the number of seeds for each promise.
   *
   * @return 100
   */
  protected int seedCount() {
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
  private interface SeedPromise {
    void assertHolds(MergeCase layers, long seed) throws IOException;
  }

  private List<DynamicTest> forSeeds(SeedPromise promise) {
    return LongStream.range(0, seedCount())
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    "seed " + seed, () -> promise.assertHolds(createLayers(seed), seed)))
        .toList();
  }

  /** Creates the layers of a seed. Every other seed has all formats, over one to three lowers. */
  private MergeCase createLayers(long seed) throws IOException {
    Path root = newRoot();
    int lowers = seed % 2 == 0 ? 1 : 1 + (int) (seed / 2 % 3);
    RandomLayers layers =
        seed % 2 == 0 ? randomLayers(seed) : randomLayers(seed).withXattrWhiteoutsInUpper();
    return MergeCase.createLayers(
        layerStore(), root, root, lowers, layers, markNamespace(), seed % 2 == 0);
  }

  private static OverlayMerge withWorkers(OverlayMerge merge, long seed) {
    return merge.workers(seed % 4 == 3 ? 2 : 1);
  }

  /**
   * The view is the same after every single operation, and in the end the lower equals the view.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> everyOperationKeepsTheView() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.viewDuringMerge().manifest();
          List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
          FaultyLayerStore store = watchingStore(layers, view).shuffleListings(seed);
          withWorkers(layers.newMerge().store(store), seed).run();
          ManifestAssertions.assertSameLines(
              view, layers.viewDuringMerge().manifest(), () -> "the view at the end");
          ManifestAssertions.assertSameLines(
              everything, layers.lowerView().withDirectoryTimes().manifest(), () -> "the lower");
          assertEquals(List.of(), layers.upperEntries(), "left in the upper");
          assertEquals(List.of(), layers.markedLinesInLower(), "marks in the lower");
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
  protected List<DynamicTest> mergeKeepsPrivatePaths() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.viewDuringMerge().manifest();
          PrivateContents before = PrivateContents.of(layers);
          FaultyLayerStore store = watchingStore(layers, view).shuffleListings(seed);
          withWorkers(layers.mergeWithPrivatePaths().store(store), seed).run();
          ManifestAssertions.assertSameLines(
              view, layers.viewDuringMerge().manifest(), () -> "the view at the end");
          PrivateContents.of(layers).assertUntouched(before, seed % 2 == 0);
          store.assertAllClosed();
        });
  }

  /**
   * After a crash at any operation the view is the same, and another run finishes the merge.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> crashLosesNothing() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.viewDuringMerge().manifest();
          List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
          long crash = 1;
          while (true) {
            FaultyLayerStore store =
                new FaultyLayerStore(layerStore()).crashAt(crash).shuffleListings(crash);
            try {
              layers.newMerge().store(store).run();
              break;
            } catch (OverlayException e) {
              assertTrue(store.hasCrashed(), e.getMessage());
            }
            store.assertAllClosed();
            String when = "the view after crash " + crash;
            ManifestAssertions.assertSameLines(
                view, layers.viewDuringMerge().manifest(), () -> when);
            // Each run gets a little further before it crashes.
            crash += 1 + seed % 3;
          }
          ManifestAssertions.assertSameLines(
              everything, layers.lowerView().withDirectoryTimes().manifest(), () -> "the lower");
          assertEquals(List.of(), layers.upperEntries(), "left in the upper");
        });
  }

  /**
   * A failed operation is reported with its code, and another run continues the merge.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> failureIsReportedAndLosesNothing() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.viewDuringMerge().manifest();
          List<FaultKind> faults = List.of(FaultKind.values());
          FaultKind fault = faults.get((int) (seed % faults.size()));
          FaultyLayerStore store = new FaultyLayerStore(layerStore()).failAt(3 + seed % 40, fault);
          try {
            layers.newMerge().store(store).run();
          } catch (OverlayException e) {
            assertEquals(ProblemCode.MERGE_STOPPED, e.problems().get(0).code());
            ManifestAssertions.assertSameLines(
                view, layers.viewDuringMerge().manifest(), () -> "the view after the failure");
            layers.newMerge().run();
          }
          store.assertAllClosed();
          ManifestAssertions.assertSameLines(
              view, layers.lowerDuringMerge().manifest(), () -> "the lower");
        });
  }

  /**
   * A dry run changes nothing and reports what the merge then does, as the listener does. If
   * entries were renamed in the view, the counts may differ.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> dryRunReportsWhatTheMergeDoes() {
    return forSeeds(
        (layers, seed) -> {
          FaultyLayerStore store = new FaultyLayerStore(layerStore());
          store.setHook(
              new FaultyLayerStore.OperationHook() {
                @Override
                public void beforeChange(FileOperation operation, String path) throws IOException {
                  // Only names that no layer has may be touched: that is how a merge tests its
                  // rights.
                  assertTrue(path.contains("/.overlays-"), operation + " " + path);
                }
              });
          MergeReport would = layers.mergeWithPrivatePaths().store(store).dryRun();
          assertEquals(
              would.bytesFreed(), layers.mergeWithPrivatePaths().store(store).bytesFreed());
          Map<MergeAction, Long> heard = new EnumMap<>(MergeAction.class);
          MergeReport did =
              layers
                  .mergeWithPrivatePaths()
                  .listener((action, path, bytes) -> heard.merge(action, 1L, Long::sum))
                  .run();
          if (layers.isPlain()) {
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
  protected void claimedLayersAreNotMerged() throws IOException {
    MergeCase layers = createLayers(0);
    List<String> lower = layers.lowerView().withDirectoryTimes().manifest();
    Closeable claim = layerStore().claim(layers.spec());
    try {
      OverlayException e = assertThrows(OverlayException.class, layers.newMerge()::run);
      assertTrue(e.has(ProblemCode.LAYER_LOCKED), e.getMessage());
      assertEquals(lower, layers.lowerView().withDirectoryTimes().manifest());
    } finally {
      claim.close();
    }
    layers.newMerge().run();
  }

  /**
   * Squashed lowers show the same at every moment, and also without the empty layers.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> squashedLowersShowTheSame() {
    return LongStream.range(0, seedCount())
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> assertSquashes(seed)))
        .toList();
  }

  private void assertSquashes(long seed) throws IOException {
    Path root = newRoot();
    int lowers = 2 + (int) (seed % 3);
    MergeCase layers =
        MergeCase.createLayers(
            layerStore(),
            root,
            root,
            lowers,
            randomLayers(seed).withEveryFormat(),
            markNamespace(),
            false);
    List<String> view = layers.viewDuringMerge().manifest();
    List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
    FaultyLayerStore store = watchingStore(layers, view).shuffleListings(seed);
    int first = (int) (seed % (lowers - 1));
    List<Path> all = layers.spec().lowers();
    SquashReport report =
        OverlaySquash.of(layers.spec())
            .layers(all.get(first), all.get(lowers - 1))
            .store(store)
            .run();
    store.assertAllClosed();
    LayerView without =
        LayerView.of(layerStore(), layers.upperPath(), report.lowers(), markNamespace())
            .withoutHardLinks();
    ManifestAssertions.assertSameLines(
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
    return LongStream.range(0, seedCount())
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> assertCopies(seed)))
        .toList();
  }

  private void assertCopies(long seed) throws IOException {
    Optional<Path> elsewhere = newRootElsewhere();
    assumeTrue(elsewhere.isPresent(), "there is only one file system");
    RandomLayers random =
        seed % 2 == 0 ? randomLayers(seed) : randomLayers(seed).withXattrWhiteoutsInUpper();
    MergeCase layers =
        MergeCase.createLayers(
            layerStore(), newRoot(), elsewhere.get(), 1, random, markNamespace(), seed % 2 == 0);
    List<String> view = layers.mergedView().withoutHardLinks().manifest();
    // Renamed entries are copied up first, so they lose hard links to entries that were not
    // renamed.
    boolean links = seed % 2 == 0;
    List<String> everything = fullLines(layers.mergedView(), links);
    LayerView now = layers.mergedView().withoutHardLinks();
    FaultyLayerStore.OperationHook sameView =
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            ManifestAssertions.assertSameLines(
                view, now.manifest(), () -> "after " + operation + " of " + path);
          }
        };
    long crash = 1 + seed;
    while (true) {
      FaultyLayerStore store = new FaultyLayerStore(layerStore()).setHook(sameView).crashAt(crash);
      try {
        withWorkers(layers.newMerge().store(store), seed).run();
        store.assertAllClosed();
        break;
      } catch (OverlayException e) {
        assertTrue(store.hasCrashed(), e.getMessage());
      }
      store.assertAllClosed();
      crash += 5 + crash;
    }
    ManifestAssertions.assertSameLines(
        everything, fullLines(layers.lowerView(), links), () -> "the lower");
    assertEquals(List.of(), layers.upperEntries(), "left in the upper");
    assertEquals(List.of(), layers.markedLinesInLower(), "marks in the lower");
  }

  private static List<String> fullLines(LayerView view, boolean links) throws IOException {
    LayerView shown = links ? view : view.withoutHardLinks();
    return shown.withDirectoryTimes().manifest();
  }

  private FaultyLayerStore watchingStore(MergeCase layers, List<String> view) {
    LayerView now = layers.viewDuringMerge();
    return new FaultyLayerStore(layerStore())
        .setHook(
            new FaultyLayerStore.OperationHook() {
              @Override
              public void afterChange(FileOperation operation, String path) throws IOException {
                ManifestAssertions.assertSameLines(
                    view, now.manifest(), () -> "after " + operation + " of " + path);
              }
            });
  }
}
