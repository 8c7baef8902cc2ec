package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.ManifestAssertions;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.report.MergeProgress;
import dev.overlays.merge.report.MergeReport;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the options of a merge: filters, cancellation, listeners, and several workers. */
@Tag("long")
class MergeChoicesTest {
  private static final int SEEDS = 60;

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int roots;

  static IntStream seeds() {
    return IntStream.range(0, SEEDS);
  }

  private MergeCase createLayers(int seed) throws IOException {
    RandomLayers layers = RandomLayers.of(seed, MarkNamespace.TRUSTED).withNodes().withOwners();
    Path root = Files.createDirectory(fileSystem.getPath("/root" + roots++));
    boolean plain = seed % 2 == 0;
    return MergeCase.createLayers(
        new PortableLayerStore(),
        root,
        root,
        1,
        plain ? layers : layers.withXattrWhiteoutsInUpper(),
        MarkNamespace.TRUSTED,
        plain);
  }

  private static FaultyLayerStore watchingStore(MergeCase layers) throws IOException {
    LayerView now = layers.viewDuringMerge();
    List<String> view = now.manifest();
    return new FaultyLayerStore(layers.store())
        .setHook(
            new FaultyLayerStore.OperationHook() {
              @Override
              public void afterChange(FileOperation operation, String path) throws IOException {
                ManifestAssertions.assertSameLines(
                    view, now.manifest(), () -> "after " + operation + " of " + path);
              }
            });
  }

  private static void assertFinished(MergeCase layers, List<String> everything) throws IOException {
    ManifestAssertions.assertSameLines(
        everything,
        layers.lowerView().withDirectoryTimes().manifest(),
        () -> "the lower at the end");
    assertEquals(List.of(), layers.upperEntries());
    assertEquals(List.of(), layers.markedLinesInLower());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void mergingPartsKeepsTheView(int seed) throws IOException {
    MergeCase layers = createLayers(seed);
    List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
    List<OverlayMerge> parts =
        List.of(
            layers.newMerge().only("?1/**", "**/a*"),
            layers.newMerge().exclude("**/*2", "b*/**/?3"),
            layers.mergeWithPrivatePaths().only("**/?4").exclude("c*"));
    for (OverlayMerge part : parts) {
      FaultyLayerStore store = watchingStore(layers);
      part.store(store).run();
      store.assertAllClosed();
    }
    layers.newMerge().run();
    assertFinished(layers, everything);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void excludedPathsStayInTheUpper(int seed) throws IOException {
    MergeCase layers = createLayers(seed);
    List<String> names = layers.upperEntries();
    if (names.isEmpty()) {
      return;
    }
    String chosen = names.get(seed % names.size());
    layers.newMerge().exclude(chosen.replaceAll("[*?\\[\\\\]", "?")).run();
    assertTrue(layers.upperEntries().contains(chosen), chosen);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void cancellationEndsAMergeBeforeAnyEntry(int seed) throws IOException {
    MergeCase layers = createLayers(seed);
    List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
    boolean ended = true;
    for (int entries = 0; ended; entries += 1 + entries / 2) {
      AtomicInteger left = new AtomicInteger(entries);
      OverlayMerge merge =
          layers
              .newMerge()
              .store(watchingStore(layers))
              .cancelWhen(() -> left.getAndDecrement() <= 0);
      try {
        merge.workers(1 + seed % 2).run();
        ended = false;
      } catch (OverlayException e) {
        assertTrue(e.has(ProblemCode.MERGE_CANCELLED), e.getMessage());
      }
    }
    assertFinished(layers, everything);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aListenerThatThrowsEndsTheMerge(int seed) throws IOException {
    MergeCase layers = createLayers(seed);
    List<String> everything = layers.mergedView().withDirectoryTimes().manifest();
    IllegalStateException thrown = new IllegalStateException("enough");
    OverlayMerge merge =
        layers
            .newMerge()
            .store(watchingStore(layers))
            .workers(1 + seed % 2)
            .listener(
                (action, path, bytes) -> {
                  throw thrown;
                });
    assertEquals(thrown, assertThrows(IllegalStateException.class, merge::run));
    layers.newMerge().run();
    assertFinished(layers, everything);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anInterruptEndsTheMerge(int seed) throws IOException {
    MergeCase layers = createLayers(seed);
    List<String> view = layers.mergedView().withDirectoryTimes().manifest();
    Thread.currentThread().interrupt();
    try {
      layers.newMerge().run();
      assertEquals(List.of(), layers.upperEntries());
    } catch (OverlayException e) {
      assertTrue(e.has(ProblemCode.MERGE_CANCELLED), e.getMessage());
    } finally {
      assertTrue(Thread.interrupted());
    }
    layers.newMerge().run();
    assertFinished(layers, view);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void progressNeverDecreasesAndReachesTheEnd(int seed) throws IOException {
    MergeCase layers = createLayers(seed);
    List<MergeProgress> told = new ArrayList<>();
    layers.newMerge().progress(told::add).run();
    assertFalse(told.isEmpty());
    for (int i = 1; i < told.size(); i++) {
      assertTrue(told.get(i).entries() >= told.get(i - 1).entries());
    }
    MergeProgress last = told.get(told.size() - 1);
    assertTrue(last.totalEntries() >= last.entries(), last::toString);
    assertTrue(last.elapsed().toNanos() > 0);
  }

  /** Sizes need a stat of each file, so they are read for listeners only. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void sizesAreCountedOnlyForListeners(int seed) throws IOException {
    AtomicLong heard = new AtomicLong();
    MergeReport told =
        createLayers(seed)
            .newMerge()
            .listener((action, path, bytes) -> heard.addAndGet(bytes))
            .run();
    assertEquals(heard.get(), told.bytesMoved());
    assertEquals(
        told.bytesMoved(),
        createLayers(seed).newMerge().progress(progress -> {}).run().bytesMoved());
    MergeReport silent = createLayers(seed).newMerge().run();
    assertEquals(0, silent.bytesMoved());
    assertEquals(told.counts(), silent.counts());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anyNumberOfWorkersMergesTheSame(int seed) throws IOException {
    List<String> first = null;
    for (int workers : new int[] {1, 2, 4}) {
      MergeCase layers = createLayers(seed);
      layers.newMerge().workers(workers).run();
      List<String> lower = layers.lowerView().withDirectoryTimes().manifest();
      if (first == null) {
        first = lower;
      }
      ManifestAssertions.assertSameLines(first, lower, () -> workers + " workers");
    }
  }
}
