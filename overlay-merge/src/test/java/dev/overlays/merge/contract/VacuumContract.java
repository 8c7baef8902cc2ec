package dev.overlays.merge.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of a vacuum, over random layers of many seeds whose upper has copies of entries in
 * the lower. Extend it for a layer store of your own.
 */
public abstract class VacuumContract extends SeededContract {
  private static final Pattern ATTRIBUTES =
      Pattern.compile(
          " (0[0-7]+|\\d+:\\d+|mtime=\\S+|(user|trusted)\\.\\S+|flags=\\S+|links=.*)(?= |$)");

  /** For those who extend it. */
  protected VacuumContract() {}

  private List<DynamicTest> forDuplicates(SeedPromise promise) {
    return forSeeds(
        (layers, seed) -> {
          UpperDuplicates.addDuplicates(layers, seed);
          promise.assertHolds(layers, seed);
        });
  }

  private static OverlayVacuum newVacuum(MergeCase layers) {
    return OverlayVacuum.of(layers.spec()).store(layers.store());
  }

  /** Returns the lines of a layer, with its marks. */
  private static List<String> linesWithMarks(MergeCase layers, boolean upper) throws IOException {
    MarkNamespace other =
        layers.marks() == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    return LayerView.ofSingleLayer(
            layers.store(), upper ? layers.upperPath() : layers.spec().lowers().get(0), other)
        .withDirectoryTimes()
        .manifest();
  }

  private static void assertClean(MergeCase layers, long seed) throws IOException {
    List<String> upper = linesWithMarks(layers, true);
    assertEquals(List.of(), upper.stream().filter(l -> l.contains(".merge_time=")).toList());
    VacuumReport again = newVacuum(layers).run();
    assertEquals(0, again.filesRemoved() + again.directoriesRemoved() + again.whiteoutsRemoved());
    if (!isPlain(seed)) {
      return;
    }
    List<String> opaque =
        upper.stream()
            .filter(line -> line.contains(" " + layers.marks().prefix() + "opaque=79"))
            .map(line -> line.substring(0, line.indexOf(' ')) + "/")
            .toList();
    Set<String> lower = new HashSet<>(layers.lowerView().manifest());
    List<String> left =
        LayerView.ofSingleLayer(layers.store(), layers.upperPath(), layers.marks())
            .manifest()
            .stream()
            .filter(line -> !line.contains(" DIRECTORY ") && !line.contains(" links="))
            .filter(lower::contains)
            .filter(line -> opaque.stream().noneMatch(line::startsWith))
            .toList();
    assertEquals(List.of(), left, "redundant, but left in the upper");
  }

  private FaultyLayerStore watchingStore(
      MergeCase layers, UnaryOperator<List<String>> seen, long seed) throws IOException {
    LayerView now = layers.mergedView();
    List<String> view = seen.apply(now.manifest());
    return new FaultyLayerStore(layerStore())
        .shuffleListings(seed)
        .setHook(
            new FaultyLayerStore.OperationHook() {
              @Override
              public void afterChange(FileOperation operation, String path) throws IOException {
                assertEquals(
                    view, seen.apply(now.manifest()), () -> "after " + operation + " of " + path);
                assertTrue(
                    operation == FileOperation.SYNC
                        || path.startsWith(layers.upperPath().toString()),
                    () -> operation + " of " + path + ", which is not in the upper");
              }
            });
  }

  /**
   * The view is the same after every single operation, and in the end no entry of the upper equals
   * that of the lower.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> everyOperationKeepsTheView() {
    return forDuplicates(
        (layers, seed) -> {
          List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
          List<String> lower = linesWithMarks(layers, false);
          FaultyLayerStore store = watchingStore(layers, lines -> lines, seed);
          newVacuum(layers).store(store).run();
          assertEquals(everything, layers.mergedView().withDirectoryTimes().manifest());
          assertEquals(lower, linesWithMarks(layers, false));
          store.assertAllClosed();
          assertClean(layers, seed);
        });
  }

  /**
   * After a crash at any operation the view is the same, and another run finishes the vacuum.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> crashLosesNothing() {
    return forDuplicates(
        (layers, seed) -> {
          List<String> view = layers.mergedView().manifest();
          List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
          long crash = 1;
          while (true) {
            FaultyLayerStore store =
                new FaultyLayerStore(layerStore()).crashAt(crash).shuffleListings(crash);
            try {
              newVacuum(layers).store(store).run();
              break;
            } catch (OverlayException e) {
              assertTrue(store.hasCrashed(), e.getMessage());
            }
            store.assertAllClosed();
            assertEquals(view, layers.mergedView().manifest(), "the view after crash " + crash);
            // Each run gets a little further before it crashes.
            crash += 1 + seed % 3;
          }
          assertEquals(everything, layers.mergedView().withDirectoryTimes().manifest());
          assertClean(layers, seed);
        });
  }

  /**
   * A vacuum by content alone keeps the content the same after every operation.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> everyOperationKeepsTheContent() {
    return forDuplicates(
        (layers, seed) -> {
          VacuumReport strict = newVacuum(layers).dryRun();
          FaultyLayerStore store = watchingStore(layers, VacuumContract::contentLines, seed);
          VacuumReport report = newVacuum(layers).store(store).ignoreAttributes().run();
          assertTrue(report.filesRemoved() >= strict.filesRemoved());
          store.assertAllClosed();
        });
  }

  private static List<String> contentLines(List<String> manifest) {
    return manifest.stream().map(line -> ATTRIBUTES.matcher(line).replaceAll("")).toList();
  }

  /**
   * A dry run changes nothing and reports what the vacuum then does.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> dryRunReportsWhatTheVacuumDoes() {
    return forDuplicates(
        (layers, seed) -> {
          List<String> before = linesWithMarks(layers, true);
          VacuumReport would = newVacuum(layers).dryRun();
          assertEquals(before, linesWithMarks(layers, true));
          VacuumReport did = newVacuum(layers).run();
          assertTrue(would.dryRun() && !did.dryRun());
          assertEquals(reportCounts(would), reportCounts(did));
        });
  }

  /**
   * Several workers do the same as one, even after a crash.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> severalWorkersDoTheSame() {
    return forDuplicates(
        (layers, seed) -> {
          List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
          VacuumReport would = newVacuum(layers).dryRun();
          assertEquals(reportCounts(would), reportCounts(newVacuum(layers).workers(3).dryRun()));
          FaultyLayerStore crashing = new FaultyLayerStore(layerStore()).crashAt(1 + seed % 7);
          try {
            newVacuum(layers).store(crashing).workers(3).run();
          } catch (OverlayException e) {
            assertTrue(crashing.hasCrashed(), e.getMessage());
          }
          crashing.assertAllClosed();
          FaultyLayerStore store = new FaultyLayerStore(layerStore()).shuffleListings(seed);
          newVacuum(layers).store(store).workers(3).run();
          store.assertAllClosed();
          assertEquals(everything, layers.mergedView().withDirectoryTimes().manifest());
          assertClean(layers, seed);
        });
  }

  private static List<Long> reportCounts(VacuumReport report) {
    return List.of(
        report.filesRemoved(),
        report.directoriesRemoved(),
        report.whiteoutsRemoved(),
        report.bytesFreed());
  }

  /**
   * After a cancellation at any entry the view is the same, and another run continues the vacuum.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> cancelledVacuumContinuesLater() {
    return forDuplicates(
        (layers, seed) -> {
          List<String> view = layers.mergedView().manifest();
          List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
          AtomicLong asked = new AtomicLong();
          OverlayVacuum cancelled =
              newVacuum(layers).cancelWhen(() -> asked.incrementAndGet() > seed % 9);
          try {
            cancelled.run();
          } catch (OverlayException e) {
            assertTrue(e.has(ProblemCode.MERGE_CANCELLED), e.getMessage());
            assertEquals(seed % 9 + 1, asked.get(), "asked before each entry");
          }
          assertEquals(view, layers.mergedView().manifest());
          newVacuum(layers).run();
          assertEquals(everything, layers.mergedView().withDirectoryTimes().manifest());
          assertClean(layers, seed);
        });
  }

  /**
   * Private and excluded paths stay.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> vacuumKeepsPrivatePaths() {
    return forDuplicates(
        (layers, seed) -> {
          OverlaySpec.Builder builder = layers.spec().toBuilder();
          layers.privatePaths().forEach(builder::privatePath);
          PrivateContents before = PrivateContents.of(layers);
          FaultyLayerStore store = watchingStore(layers, lines -> lines, seed);
          OverlayVacuum.of(builder.build()).store(store).exclude("**/?1").run();
          PrivateContents.of(layers).assertUntouched(before, true);
        });
  }

  /**
   * A vacuum refuses layers that are claimed.
   *
   * @throws IOException if the layers cannot be made
   */
  @Test
  protected void claimedLayersAreNotVacuumed() throws IOException {
    MergeCase layers = createLayers(0);
    UpperDuplicates.addDuplicates(layers, 0);
    List<String> before = linesWithMarks(layers, true);
    Closeable claim = layerStore().claim(layers.spec());
    try {
      OverlayException e = assertThrows(OverlayException.class, newVacuum(layers)::run);
      assertTrue(e.has(ProblemCode.LAYER_LOCKED), e.getMessage());
      assertEquals(before, linesWithMarks(layers, true));
    } finally {
      claim.close();
    }
  }
}
