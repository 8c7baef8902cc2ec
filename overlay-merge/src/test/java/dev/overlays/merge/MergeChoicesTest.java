package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.contract.SameLines;
import dev.overlays.merge.report.MergeProgress;
import dev.overlays.merge.report.MergeReport;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the options of a merge: filters, cancellation, listeners, and several workers. */
class MergeChoicesTest {
  private static final int SEEDS = 60;

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int roots;

  static IntStream seeds() {
    return IntStream.range(0, SEEDS);
  }

  private MergeCase layers(int seed) throws IOException {
    RandomLayers layers = RandomLayers.of(seed, MarkNamespace.TRUSTED).withNodes().withOwners();
    Path root = Files.createDirectory(fileSystem.getPath("/root" + roots++));
    boolean plain = seed % 2 == 0;
    return MergeCase.make(
        new PortableLayerStore(),
        root,
        root,
        1,
        plain ? layers : layers.withXattrWhiteoutsInUpper(),
        MarkNamespace.TRUSTED,
        plain);
  }

  private static FaultyLayerStore watched(MergeCase layers) throws IOException {
    LayerView now = layers.during();
    List<String> view = now.manifest();
    return new FaultyLayerStore(layers.store())
        .hook(
            new FaultyLayerStore.Hook() {
              @Override
              public void after(Operation operation, String path) throws IOException {
                SameLines.check(view, now.manifest(), () -> "after " + operation + " of " + path);
              }
            });
  }

  private static void assertFinished(MergeCase layers, List<String> everything) throws IOException {
    SameLines.check(
        everything, layers.lower().withDirectoryTimes().manifest(), () -> "the lower at the end");
    assertEquals(List.of(), layers.upperEntries());
    assertEquals(List.of(), layers.markedInLower());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void partsOfItChangeNoView(int seed) throws IOException {
    MergeCase layers = layers(seed);
    List<String> everything = layers.view().withDirectoryTimes().manifest();
    List<OverlayMerge> parts =
        List.of(
            layers.merge().only("?1/**", "**/a*"),
            layers.merge().exclude("**/*2", "b*/**/?3"),
            layers.mergeWithPrivatePaths().only("**/?4").exclude("c*"));
    for (OverlayMerge part : parts) {
      FaultyLayerStore store = watched(layers);
      part.store(store).run();
      store.assertAllClosed();
    }
    layers.merge().run();
    assertFinished(layers, everything);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatIsNotChosenStays(int seed) throws IOException {
    MergeCase layers = layers(seed);
    List<String> names = layers.upperEntries();
    if (names.isEmpty()) {
      return;
    }
    String chosen = names.get(seed % names.size());
    layers.merge().exclude(chosen.replaceAll("[*?\\[\\\\]", "?")).run();
    assertTrue(layers.upperEntries().contains(chosen), chosen);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void itEndsBeforeAnyEntry(int seed) throws IOException {
    MergeCase layers = layers(seed);
    List<String> everything = layers.view().withDirectoryTimes().manifest();
    boolean ended = true;
    for (int entries = 0; ended; entries += 1 + entries / 2) {
      AtomicInteger left = new AtomicInteger(entries);
      OverlayMerge merge =
          layers.merge().store(watched(layers)).cancelWhen(() -> left.getAndDecrement() <= 0);
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
  void aListenerThatThrowsEndsIt(int seed) throws IOException {
    MergeCase layers = layers(seed);
    List<String> everything = layers.view().withDirectoryTimes().manifest();
    IllegalStateException thrown = new IllegalStateException("enough");
    OverlayMerge merge =
        layers
            .merge()
            .store(watched(layers))
            .workers(1 + seed % 2)
            .listener(
                (action, path, bytes) -> {
                  throw thrown;
                });
    assertEquals(thrown, assertThrows(IllegalStateException.class, merge::run));
    layers.merge().run();
    assertFinished(layers, everything);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anInterruptEndsIt(int seed) throws IOException {
    MergeCase layers = layers(seed);
    List<String> view = layers.view().withDirectoryTimes().manifest();
    Thread.currentThread().interrupt();
    try {
      layers.merge().run();
      assertEquals(List.of(), layers.upperEntries());
    } catch (OverlayException e) {
      assertTrue(e.has(ProblemCode.MERGE_CANCELLED), e.getMessage());
    } finally {
      assertTrue(Thread.interrupted());
    }
    layers.merge().run();
    assertFinished(layers, view);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void progressGoesOnToTheEnd(int seed) throws IOException {
    MergeCase layers = layers(seed);
    List<MergeProgress> told = new ArrayList<>();
    layers.merge().progress(told::add).run();
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
  void sizesAreForThoseWhoListen(int seed) throws IOException {
    AtomicLong heard = new AtomicLong();
    MergeReport told =
        layers(seed).merge().listener((action, path, bytes) -> heard.addAndGet(bytes)).run();
    assertEquals(heard.get(), told.bytesMoved());
    assertEquals(
        told.bytesMoved(), layers(seed).merge().progress(progress -> {}).run().bytesMoved());
    MergeReport silent = layers(seed).merge().run();
    assertEquals(0, silent.bytesMoved());
    assertEquals(told.counts(), silent.counts());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anyNumberOfWorkersDoesTheSame(int seed) throws IOException {
    List<String> first = null;
    for (int workers : new int[] {1, 2, 4}) {
      MergeCase layers = layers(seed);
      layers.merge().workers(workers).run();
      List<String> lower = layers.lower().withDirectoryTimes().manifest();
      if (first == null) {
        first = lower;
      }
      SameLines.check(first, lower, () -> workers + " workers");
    }
  }
}
