package dev.overlays.testkit.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.MergeAction;
import dev.overlays.merge.MergeReport;
import dev.overlays.spi.LayerStore;
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
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a merge promises, over random layers of many seeds; each failure names its seed. Extend it
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
   * Makes the layers of a seed; to be overridden where the store can hold more.
   *
   * @param seed the seed
   * @return layers without device nodes and foreign owners
   */
  protected RandomLayers layers(long seed) {
    return RandomLayers.of(seed, marks());
  }

  /**
   * Returns over how many seeds each promise is tried.
   *
   * @return 100
   */
  protected int seeds() {
    return 100;
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
                DynamicTest.dynamicTest(
                    "seed " + seed,
                    () ->
                        promise.holds(
                            MergeCase.make(store(), newRoot(), layers(seed), marks()), seed)))
        .toList();
  }

  /**
   * The view is the same after every single operation, and the lower is the view in the end.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> theViewNeverChanges() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.view().manifest();
          List<String> everything = layers.view().withDirectoryTimes().manifest();
          FaultyLayerStore store = watched(layers, view).shuffled(seed);
          layers.merge().store(store).run();
          assertEquals(view, layers.view().manifest(), "the view at the end");
          assertEquals(everything, layers.lower().withDirectoryTimes().manifest(), "the lower");
          assertEquals(List.of(), layers.upperEntries(), "left in the upper");
          assertEquals(List.of(), layers.markedInLower(), "marks in the lower");
          store.assertAllClosed();
        });
  }

  /**
   * With private paths the view is the same too, they stay in the upper, and the lower's are as
   * they were unless a directory around them was deleted.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> privatePathsStay() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.view().manifest();
          PrivateParts before = PrivateParts.of(layers);
          FaultyLayerStore store = watched(layers, view).shuffled(seed);
          layers.mergeWithPrivatePaths().store(store).run();
          assertEquals(view, layers.view().manifest(), "the view at the end");
          PrivateParts.of(layers).assertLeftAlone(before);
          store.assertAllClosed();
        });
  }

  /**
   * Cut off anywhere, the view is what it was, and a second run finishes.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> aCrashLosesNothing() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.view().manifest();
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
            assertEquals(view, layers.view().manifest(), "the view after crash " + crash);
            // Each run gets a little further before it is cut off.
            crash += 1 + seed % 3;
          }
          assertEquals(view, layers.lower().manifest(), "the lower");
          assertEquals(List.of(), layers.upperEntries(), "left in the upper");
        });
  }

  /**
   * A single operation that fails is told with its code, and another run goes on.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> aFailureIsToldAndLosesNothing() {
    return forSeeds(
        (layers, seed) -> {
          List<String> view = layers.view().manifest();
          FaultyLayerStore store = new FaultyLayerStore(store()).failAt(3 + seed % 20);
          try {
            layers.merge().store(store).run();
          } catch (OverlayException e) {
            assertEquals(ProblemCode.MERGE_STOPPED, e.problems().get(0).code());
            assertEquals(view, layers.view().manifest(), "the view after the failure");
            layers.merge().run();
          }
          store.assertAllClosed();
          assertEquals(view, layers.lower().manifest(), "the lower");
        });
  }

  /**
   * A dry run changes nothing, and tells what the merge then does; so does the listener.
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
                  // What both layers hold of it is nothing: that is how a merge asks for rights.
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
          assertEquals(would.counts(), did.counts());
          assertEquals(would.bytesMoved(), did.bytesMoved());
          assertEquals(did.counts(), heard);
          assertTrue(would.dryRun());
          MergeReport again = layers.mergeWithPrivatePaths().run();
          assertEquals(0, again.count(MergeAction.ADDED) + again.count(MergeAction.DELETED));
        });
  }

  /**
   * What is claimed by somebody is not merged.
   *
   * @throws IOException if the layers cannot be made
   */
  @Test
  protected void aClaimKeepsTheMergeAway() throws IOException {
    MergeCase layers = MergeCase.make(store(), newRoot(), layers(0), marks());
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

  private FaultyLayerStore watched(MergeCase layers, List<String> view) {
    LayerView now = layers.view();
    return new FaultyLayerStore(store())
        .hook(
            new FaultyLayerStore.Hook() {
              @Override
              public void after(Operation operation, String path) throws IOException {
                assertEquals(view, now.manifest(), () -> "after " + operation + " of " + path);
              }
            });
  }
}
