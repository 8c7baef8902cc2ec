package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A shared merge frees what it says beforehand. */
class FreedSpaceTest {
  private static final long SEEDS = Long.getLong("overlays.seeds", 40);

  /**
   * What files hold.
   *
   * @param sizes the size of each inode
   * @param isRenamed whether an upper has a renamed directory or a file without its data
   */
  private record FilesHeld(Map<List<Long>, Long> sizes, boolean isRenamed) {
    static FilesHeld of(SharedLayers layers) throws IOException {
      List<Path> roots = new ArrayList<>(List.of(layers.lowers().get(0)));
      for (int i = 0; i < layers.specs().size(); i++) {
        roots.add(layers.upperPath(i));
      }
      Map<List<Long>, Long> sizes = new HashMap<>();
      boolean renamed = false;
      for (Path path : roots) {
        try (LayerDirectory root = SharedLayers.STORE.open(path)) {
          renamed |= addFiles(root, sizes);
        }
      }
      return new FilesHeld(sizes, renamed);
    }

    private static boolean addFiles(LayerDirectory directory, Map<List<Long>, Long> sizes)
        throws IOException {
      boolean renamed = false;
      EntryCursor entries = directory.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryStat stat = directory.stat(entry.name()).orElseThrow();
        for (Mark mark : List.of(Mark.REDIRECT, Mark.METACOPY)) {
          renamed |= directory.xattrs(entry.name()).contains(mark.xattr(MarkNamespace.TRUSTED));
        }
        if (stat.isDirectory()) {
          try (LayerDirectory inner = directory.open(entry.name())) {
            renamed |= addFiles(inner, sizes);
          }
        } else if (stat.type() == EntryType.FILE) {
          sizes.put(List.of(stat.device(), stat.inode()), stat.size());
        }
      }
      return renamed;
    }

    long total() {
      return sizes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  @TestFactory
  List<DynamicTest> bytesFreedAreThoseThatTheLayersHoldLessAfterTheMerge() {
    return LongStream.range(0, SEEDS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> assertFreed(seed)))
        .toList();
  }

  private static void assertFreed(long seed) throws IOException {
    SharedLayers layers = SharedLayers.createLayers(seed);
    if (seed % 3 == 0) {
      layers = layers.withPrivatePaths();
    }
    int merged = 1 + (int) (seed / 3 % layers.specs().size());
    FaultyLayerStore store = new FaultyLayerStore(SharedLayers.STORE);
    SharedMerge merge =
        layers
            .newMerge(merged)
            .store(store)
            .policy(seed % 4 < 2 ? ConflictPolicy.DELETE_COMMON : ConflictPolicy.IN_ORDER);
    FilesHeld before = FilesHeld.of(layers);
    List<String> lines = layers.allLines();
    long freed = merge.bytesFreed();
    assertEquals(lines, layers.allLines());
    store.assertAllClosed();
    merge.run();
    // What is renamed is copied by the merge.
    if (!before.isRenamed()) {
      assertEquals(before.total() - FilesHeld.of(layers).total(), freed);
    }
    assertTrue(freed >= 0 && freed <= before.total(), () -> freed + " of " + before.total());
  }
}
