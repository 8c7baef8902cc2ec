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
import dev.overlays.testkit.layer.InjectedFaultException;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.Operation;
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
  private record Disguised(MergeCase layers, List<String> upper, List<String> view) {}

  private interface Promise {
    void holds(Disguised disguised, long seed) throws IOException;
  }

  private List<DynamicTest> forSeeds(String what, Promise promise) {
    return LongStream.range(0, SEEDS)
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    what + " seed " + seed, () -> promise.holds(make(what + seed, seed), seed)))
        .toList();
  }

  private Disguised make(String name, long seed) throws IOException {
    RandomLayers random = RandomLayers.of(seed, MARKS).withNodes().withOwners();
    Path root = Files.createDirectory(fileSystem.getPath("/" + name));
    MergeCase layers = MergeCase.make(store, root, root, 1, random, MARKS, true);
    List<String> upper = raw(layers);
    List<String> view = layers.view().withDirectoryTimes().manifest();
    Disguise.put(store, layers.upperPath(), MARKS, seed);
    return new Disguised(layers, upper, view);
  }

  /** Returns the upper with its marks, and whiteouts without their times. */
  private List<String> raw(MergeCase layers) throws IOException {
    return LayerView.ofMounted(store, layers.upperPath()).withDirectoryTimes().manifest().stream()
        .map(line -> line.replaceAll(" device=0:0 mtime=.*", " whiteout"))
        .toList();
  }

  /** Returns a store that compares the view after every operation. */
  private FaultyLayerStore watched(MergeCase layers) throws IOException {
    List<String> view = layers.view().manifest();
    return new FaultyLayerStore(store)
        .hook(
            new FaultyLayerStore.Hook() {
              @Override
              public void after(Operation operation, String path) throws IOException {
                assertEquals(view, layers.view().manifest(), () -> operation + " of " + path);
              }
            });
  }

  private void settle(LayerStore opener, MergeCase layers) throws IOException {
    try (LayerDirectory upper = opener.open(layers.upperPath())) {
      FuseForm.settle(upper, MARKS);
    }
  }

  @TestFactory
  List<DynamicTest> areReadAsWhatTheyAre() {
    return forSeeds(
        "read",
        (disguised, seed) -> {
          MergeCase layers = disguised.layers;
          List<String> before = raw(layers);
          assertEquals(disguised.view, layers.view().withDirectoryTimes().manifest());
          List<String> changes = changes(layers);
          List<Problem> problems = OverlayCheck.of(layers.spec()).store(store).run();
          MergeReport planned = layers.merge().dryRun();
          assertEquals(before, raw(layers), "reading has changed something");
          settle(store, layers);
          assertEquals(changes(layers), changes);
          assertEquals(OverlayCheck.of(layers.spec()).store(store).run(), problems);
          MergeReport settled = layers.merge().dryRun();
          for (MergeAction action : MergeAction.values()) {
            assertEquals(settled.count(action), planned.count(action), action::toString);
          }
        });
  }

  private List<String> changes(MergeCase layers) throws IOException {
    try (Stream<Change> changes = OverlayDiff.of(layers.spec()).store(store).changes()) {
      return changes.map(Object::toString).sorted().toList();
    }
  }

  @TestFactory
  List<DynamicTest> becomeWhatTheyWere() {
    return forSeeds(
        "convert",
        (disguised, seed) -> {
          settle(watched(disguised.layers).shuffled(seed), disguised.layers);
          assertEquals(disguised.upper, raw(disguised.layers));
        });
  }

  /** After a crash, times of directories may be newer. */
  @TestFactory
  List<DynamicTest> becomeItAfterACrash() {
    return forSeeds(
        "crash",
        (disguised, seed) -> {
          MergeCase layers = disguised.layers;
          List<String> view = layers.view().manifest();
          FaultyLayerStore crashing = new FaultyLayerStore(store).crashAt(1 + seed % 25);
          try {
            settle(crashing, layers);
          } catch (InjectedFaultException e) {
            assertTrue(crashing.crashed());
          }
          assertEquals(view, layers.view().manifest());
          settle(watched(layers), layers);
          assertEquals(view, layers.view().manifest());
          assertFalse(raw(layers).toString().contains("fuseoverlayfs"));
        });
  }

  @TestFactory
  List<DynamicTest> areMerged() {
    return forSeeds(
        "merge",
        (disguised, seed) -> {
          MergeCase layers = disguised.layers;
          List<String> view = layers.view().manifest();
          FaultyLayerStore crashing = new FaultyLayerStore(store).crashAt(1 + seed);
          try {
            layers.merge().store(crashing).run();
          } catch (OverlayException e) {
            assertTrue(crashing.crashed(), e.getMessage());
          }
          assertEquals(view, layers.view().manifest());
          layers.merge().store(watched(layers)).run();
          assertEquals(view, layers.lower().manifest());
          assertEquals(List.of(), layers.upperEntries());
        });
  }

  /** Only the program's own mark makes the directory opaque. */
  @Test
  void opaqueDirectoriesStayOpaque() throws IOException {
    Path root = Files.createDirectory(fileSystem.getPath("/opaque"));
    Path lower = Files.createDirectories(root.resolve("lower"));
    Path upper = Files.createDirectories(root.resolve("upper"));
    Files.createDirectories(lower.resolve("directory/gone"));
    Files.createDirectories(upper.resolve("directory/new"));
    try (LayerDirectory layer = store.open(upper)) {
      layer.setXattr(Name.of("directory"), "user.fuseoverlayfs.opaque", new byte[] {'y'});
      FuseForm.mark(layer, MARKS);
    }
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lower)
            .upper(upper)
            .work(Files.createDirectory(root.resolve("work")))
            .options(o -> o.withUserXattr(true))
            .build();
    MergeCase layers = new MergeCase(store, spec, List.of(), MARKS, true);
    assertFalse(layers.view().manifest().toString().contains("gone"));
    settle(watched(layers), layers);
    try (LayerDirectory layer = store.open(upper)) {
      assertTrue(LayerEntries.isOpaque(layer, Name.of("directory"), MARKS));
    }
  }
}
