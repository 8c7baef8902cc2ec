package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.InjectedFaultException;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tests uppers in the form of fuse-overlayfs over random lowers. */
class FuseFormTest {
  private static final int SEEDS = 12;
  private static final MarkNamespace MARKS = MarkNamespace.USER;

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final LayerStore store = new PortableLayerStore();

  /** The layers, the upper before the disguise, and the view, which never changes. */
  private record DisguisedLayers(MergeCase layers, List<String> upper, List<String> view) {}

  private interface SeedPromise {
    void assertHolds(DisguisedLayers disguised, long seed) throws IOException;
  }

  private List<DynamicTest> forSeeds(String what, SeedPromise promise) {
    return LongStream.range(0, SEEDS)
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    what + " seed " + seed,
                    () -> promise.assertHolds(createDisguised(what + seed, seed), seed)))
        .toList();
  }

  private DisguisedLayers createDisguised(String name, long seed) throws IOException {
    RandomLayers random = RandomLayers.of(seed, MARKS).withNodes().withOwners();
    Path root = Files.createDirectory(fileSystem.getPath("/" + name));
    MergeCase layers = MergeCase.createLayers(store, root, root, 1, random, MARKS, true);
    List<String> upper = upperLines(layers);
    List<String> view = layers.mergedView().withDirectoryTimes().manifest();
    FuseFormDisguise.disguiseUpper(store, layers.upperPath(), MARKS, seed);
    return new DisguisedLayers(layers, upper, view);
  }

  /** Returns the upper with its marks, and whiteouts without their times. */
  private List<String> upperLines(MergeCase layers) throws IOException {
    return LayerView.ofMounted(store, layers.upperPath()).withDirectoryTimes().manifest().stream()
        .map(line -> line.replaceAll(" device=0:0 mtime=.*", " whiteout"))
        .toList();
  }

  /** Returns a store that compares the view after every operation. */
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

  private void settleForm(LayerStore opener, MergeCase layers) throws IOException {
    try (LayerDirectory upper = opener.open(layers.upperPath())) {
      FuseForm.convertIfMarked(upper, MARKS);
    }
  }

  @TestFactory
  List<DynamicTest> readingShowsTheKernelsFormAndChangesNothing() {
    return forSeeds(
        "read",
        (disguised, seed) -> {
          MergeCase layers = disguised.layers;
          List<String> before = upperLines(layers);
          assertEquals(disguised.view, layers.mergedView().withDirectoryTimes().manifest());
          List<String> changes = changesOf(layers);
          List<Problem> problems = OverlayCheck.of(layers.spec()).store(store).run();
          MergeReport planned = layers.newMerge().dryRun();
          assertEquals(before, upperLines(layers), "reading has changed something");
          settleForm(store, layers);
          assertEquals(changesOf(layers), changes);
          assertEquals(OverlayCheck.of(layers.spec()).store(store).run(), problems);
          MergeReport settled = layers.newMerge().dryRun();
          for (MergeAction action : MergeAction.values()) {
            assertEquals(settled.count(action), planned.count(action), action::toString);
          }
        });
  }

  private List<String> changesOf(MergeCase layers) throws IOException {
    try (Stream<Change> changes = OverlayDiff.of(layers.spec()).store(store).changes()) {
      return changes.map(Object::toString).sorted().toList();
    }
  }

  @TestFactory
  List<DynamicTest> settlingRestoresTheKernelsForm() {
    return forSeeds(
        "convert",
        (disguised, seed) -> {
          settleForm(watchingStore(disguised.layers).shuffleListings(seed), disguised.layers);
          assertEquals(disguised.upper, upperLines(disguised.layers));
        });
  }

  /** After a crash, times of directories may be newer. */
  @TestFactory
  List<DynamicTest> settlingGoesOnAfterACrash() {
    return forSeeds(
        "crash",
        (disguised, seed) -> {
          MergeCase layers = disguised.layers;
          List<String> view = layers.mergedView().manifest();
          FaultyLayerStore crashing = new FaultyLayerStore(store).crashAt(1 + seed % 25);
          try {
            settleForm(crashing, layers);
          } catch (InjectedFaultException e) {
            assertTrue(crashing.hasCrashed());
          }
          assertEquals(view, layers.mergedView().manifest());
          settleForm(watchingStore(layers), layers);
          assertEquals(view, layers.mergedView().manifest());
          assertFalse(upperLines(layers).toString().contains("fuseoverlayfs"));
        });
  }

  @TestFactory
  List<DynamicTest> mergeTakesTheFormOfFuseOverlayfs() {
    return forSeeds(
        "merge",
        (disguised, seed) -> {
          MergeCase layers = disguised.layers;
          List<String> view = layers.mergedView().manifest();
          FaultyLayerStore crashing = new FaultyLayerStore(store).crashAt(1 + seed);
          try {
            layers.newMerge().store(crashing).run();
          } catch (OverlayException e) {
            assertTrue(crashing.hasCrashed(), e.getMessage());
          }
          assertEquals(view, layers.mergedView().manifest());
          layers.newMerge().store(watchingStore(layers)).run();
          assertEquals(view, layers.lowerView().manifest());
          assertEquals(List.of(), layers.upperEntries());
        });
  }

  /** Only the program's own mark makes the directory opaque. */
  @Test
  void settlingKeepsOpaqueDirectoriesOpaque() throws IOException {
    Path root = Files.createDirectory(fileSystem.getPath("/opaque"));
    Path lower = Files.createDirectories(root.resolve("lower"));
    Path upper = Files.createDirectories(root.resolve("upper"));
    Files.createDirectories(lower.resolve("directory/gone"));
    Files.createDirectories(upper.resolve("directory/new"));
    try (LayerDirectory layer = store.open(upper)) {
      layer.setXattr(Name.of("directory"), "user.fuseoverlayfs.opaque", new byte[] {'y'});
      FuseForm.markUpper(layer, MARKS);
    }
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lower)
            .upper(upper)
            .work(Files.createDirectory(root.resolve("work")))
            .options(o -> o.withUserXattr(true))
            .build();
    MergeCase layers = new MergeCase(store, spec, List.of(), MARKS, true);
    assertFalse(layers.mergedView().manifest().toString().contains("gone"));
    settleForm(watchingStore(layers), layers);
    try (LayerDirectory layer = store.open(upper)) {
      assertTrue(LayerEntries.isOpaque(layer, Name.of("directory"), MARKS));
    }
  }
}
