package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.fail;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Removes or replaces directories of the layers, in spite of the locks, while an engine reads them.
 * The outcome is a result or a documented exception, and every handle is closed.
 */
class ChangedMeanwhileTest {
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 12);
  private static final int SWAPS = 8;

  private final FileSystem fileSystem = InMemoryFileSystems.create();

  @AfterEach
  void closeFileSystem() throws IOException {
    fileSystem.close();
  }

  /** Reads the layers of a case. */
  @FunctionalInterface
  private interface LayerReader {
    void readLayers(MergeCase layers, FaultyLayerStore store) throws IOException;
  }

  private List<DynamicTest> forSeeds(LayerReader engine) {
    return LongStream.range(0, SEEDS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> runWithSwaps(engine, seed)))
        .toList();
  }

  @TestFactory
  List<DynamicTest> archivesEndInAResultOrADocumentedException() {
    return forSeeds(
        (layers, store) ->
            OciLayer.of(layers.spec())
                .store(store)
                .compression(OciCompression.NONE)
                .writeTo(OutputStream.nullOutputStream()));
  }

  @TestFactory
  List<DynamicTest> diffsEndInAResultOrADocumentedException() {
    return forSeeds(
        (layers, store) ->
            OverlayDiff.of(layers.spec()).store(store).compareContent().forEach(change -> {}));
  }

  @TestFactory
  List<DynamicTest> checksEndInAResultOrADocumentedException() {
    return forSeeds((layers, store) -> OverlayCheck.of(layers.spec()).store(store).run());
  }

  @TestFactory
  List<DynamicTest> mergesEndInAResultOrADocumentedException() {
    return forSeeds(
        (layers, store) -> {
          OverlayMerge.of(layers.spec()).store(store).dryRun();
          OverlayMerge.of(layers.spec()).store(store).run();
        });
  }

  @TestFactory
  List<DynamicTest> vacuumsEndInAResultOrADocumentedException() {
    return forSeeds((layers, store) -> OverlayVacuum.of(layers.spec()).store(store).run());
  }

  @TestFactory
  List<DynamicTest> squashesEndInAResultOrADocumentedException() {
    return forSeeds((layers, store) -> OverlaySquash.of(layers.spec()).store(store).run());
  }

  @TestFactory
  List<DynamicTest> measuringEndsInAResultOrADocumentedException() {
    return forSeeds((layers, store) -> DiskUse.of(layers.upperPath(), store));
  }

  @TestFactory
  List<DynamicTest> measuringWhatIsFreedEndsInAResultOrADocumentedException() {
    return forSeeds(
        (layers, store) ->
            OverlayMerge.into(layers.spec().lowers().get(0))
                .uppers(layers.spec())
                .store(store)
                .bytesFreed());
  }

  private void runWithSwaps(LayerReader engine, long seed) throws IOException {
    RandomLayers layers = RandomLayers.of(seed, MARKS).withEveryFormat();
    long readings = 0;
    for (int swap = 0; swap <= SWAPS; swap++) {
      Path root = Files.createDirectory(fileSystem.getPath("/" + seed + "-" + swap));
      PortableLayerStore plain = new PortableLayerStore();
      MergeCase made = MergeCase.createLayers(plain, root, root, 2, layers, MARKS, false);
      Random random = new Random(seed * SWAPS + swap);
      // The first round changes nothing and counts the readings.
      long at = swap == 0 ? Long.MAX_VALUE : 1 + (long) (random.nextDouble() * readings);
      AtomicLong count = new AtomicLong();
      FaultyLayerStore store = new FaultyLayerStore(plain).setHook(swapAt(at, count, root, random));
      try {
        engine.readLayers(made, store);
      } catch (IOException | UncheckedIOException e) {
        if (swap == 0) {
          throw e;
        }
      } catch (RuntimeException | Error e) {
        fail("seed " + seed + ", swap " + swap + " at reading " + at, e);
      }
      readings = Math.max(readings, count.get());
      store.assertAllClosed();
      removeTree(root);
    }
  }

  private static FaultyLayerStore.OperationHook swapAt(
      long at, AtomicLong count, Path root, Random random) {
    return new FaultyLayerStore.OperationHook() {
      @Override
      public void beforeReading(FileOperation operation, String path) throws IOException {
        if (count.incrementAndGet() == at) {
          swapDirectories(root, random);
        }
      }
    };
  }

  /** Removes one directory in three, or replaces it by a file or by another directory. */
  private static void swapDirectories(Path root, Random random) throws IOException {
    List<Path> directories = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root, 4)) {
      all.filter(path -> path.getNameCount() > root.getNameCount() + 1 && isDirectory(path))
          .forEach(directories::add);
    }
    Collections.shuffle(directories, random);
    for (Path directory : directories.subList(0, (directories.size() + 2) / 3)) {
      if (!isDirectory(directory)) {
        continue;
      }
      removeTree(directory);
      switch (random.nextInt(3)) {
        case 0 -> Files.createFile(directory);
        case 1 -> Files.createFile(Files.createDirectory(directory).resolve("other"));
        default -> {}
      }
    }
  }

  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void removeTree(Path root) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(root)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
