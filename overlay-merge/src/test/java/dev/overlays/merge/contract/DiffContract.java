package dev.overlays.merge.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.report.Change;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of a diff, over random layers of many seeds: it reports the differences between the
 * manifests of the view and of the lower. Extend it for a layer store of your own.
 */
public abstract class DiffContract extends SeededContract {

  /** For those who extend it. */
  protected DiffContract() {}

  /**
   * Returns what a view shows. Override it where the view can be mounted.
   *
   * @param spec the view
   * @return its manifest, without hard links
   * @throws IOException if it cannot be read
   */
  protected List<String> shownLines(OverlaySpec spec) throws IOException {
    return LayerView.of(layerStore(), spec.upper().orElseThrow(), spec.lowers(), markNamespace())
        .withoutHardLinks()
        .manifest();
  }

  private static List<String> lowerLines(MergeCase layers) throws IOException {
    return layers.lowerView().withoutHardLinks().manifest();
  }

  private List<Change> changesTold(MergeCase layers, long seed, boolean comparing)
      throws IOException {
    FaultyLayerStore store = new FaultyLayerStore(layerStore()).shuffleListings(seed);
    OverlayDiff diff = OverlayDiff.of(layers.spec()).store(store).workers(1 + (int) (seed % 3));
    List<Change> told = new ArrayList<>();
    try (Stream<Change> changes = (comparing ? diff.compareContent() : diff).changes()) {
      changes.forEach(told::add);
    }
    store.assertAllClosed();
    assertEquals(0, store.changeCount(), "a diff changes nothing");
    return told;
  }

  /**
   * With content compared, exactly the paths that differ are reported, parents first.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> comparingDiffReportsExactlyTheDifferences() {
    return forSeeds(
        (layers, seed) -> {
          List<Change> told = changesTold(layers, seed, true);
          DiffOracle.assertExact(told, lowerLines(layers), shownLines(layers.spec()), path -> true);
        });
  }

  /**
   * Without content compared, every difference is reported. Entries that were copied up or created
   * again may be reported although they look the same.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> diffWithoutComparingMissesNothing() {
    return forSeeds(
        (layers, seed) -> {
          List<Change> told = changesTold(layers, seed, false);
          DiffOracle.assertMissesNothing(
              told, lowerLines(layers), shownLines(layers.spec()), path -> true);
        });
  }
}
