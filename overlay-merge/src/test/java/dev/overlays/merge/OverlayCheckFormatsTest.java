package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.spi.LayerStore;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Checks layers of every format over several lowers. In half of the cases a lower has lost entries.
 */
class OverlayCheckFormatsTest {
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final LayerStore store = new PortableLayerStore();

  @TestFactory
  List<DynamicTest> repairsOfEveryFormatKeepTheView() {
    return LongStream.range(0, 200)
        .mapToObj(
            seed -> DynamicTest.dynamicTest("seed " + seed, () -> assertRepairKeepsView(seed)))
        .toList();
  }

  private void assertRepairKeepsView(long seed) throws IOException {
    Path root = Files.createDirectory(fileSystem.getPath("/" + seed));
    for (String name : List.of("upper", "middle", "lower", "work")) {
      Files.createDirectory(root.resolve(name));
    }
    List<Path> lowers = List.of(root.resolve("middle"), root.resolve("lower"));
    RandomLayers.of(seed, MARKS)
        .withNodes()
        .withOwners()
        .withEveryFormat()
        .fillLayers(store, lowers, root.resolve("upper"));
    if (seed % 2 == 1) {
      removeSomeEntries(lowers.get(1));
    }
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lowers.get(0))
            .lower(lowers.get(1))
            .upper(root.resolve("upper"))
            .work(root.resolve("work"))
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
            .build();
    OverlayCheck check = OverlayCheck.of(spec);
    List<Problem> problems = check.store(store).run();
    for (Problem problem : problems) {
      assertTrue(expectedCodes(seed).contains(problem.code()), problem::toString);
    }
    List<String> before = layerView(root, lowers).manifest();
    FaultyLayerStore watched =
        new FaultyLayerStore(store)
            .shuffleListings(seed)
            .setHook(
                new FaultyLayerStore.OperationHook() {
                  @Override
                  public void afterChange(FileOperation operation, String path) throws IOException {
                    assertEquals(
                        before, layerView(root, lowers).manifest(), () -> operation + " " + path);
                  }
                });
    RepairReport report = check.store(watched).repair();
    for (Problem problem : report.left()) {
      assertEquals(ProblemCode.METACOPY_DATA_MISSING, problem.code(), problem::toString);
    }
    assertEquals(report.left(), check.store(store).run());
  }

  /** Stray marks are expected because an opaque directory may keep a redirect without effect. */
  private static Set<ProblemCode> expectedCodes(long seed) {
    Set<ProblemCode> codes = EnumSet.of(ProblemCode.WHITEOUT_ORPHAN, ProblemCode.MARK_STRAY);
    if (seed % 2 == 1) {
      codes.add(ProblemCode.REDIRECT_DANGLING);
      codes.add(ProblemCode.METACOPY_DATA_MISSING);
    }
    return codes;
  }

  /** Removes entries on which the layers above rely. */
  private void removeSomeEntries(Path lower) throws IOException {
    try (LayerDirectory directory = store.open(lower)) {
      EntryCursor entries = directory.entries();
      LayerEntry entry = entries.next();
      for (int i = 0; i < 3 && entry != null; i++) {
        LayerEntries.removeTree(directory, entry.name());
        entry = entries.next();
      }
      directory.createDirectory(Name.of("never empty"));
    }
  }

  private LayerView layerView(Path root, List<Path> lowers) {
    return LayerView.of(store, root.resolve("upper"), lowers, MARKS);
  }
}
