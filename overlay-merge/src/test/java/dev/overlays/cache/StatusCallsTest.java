package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.merge.run.RememberingStore;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.RecordedOperation;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many operations a status needs, though several walks of it go through the same layers. */
class StatusCallsTest {
  private static final int INSTANCES = 3;
  private static final int FEW = 10;
  private static final int MANY = 30;

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int caches;

  @AfterEach
  void closeFileSystem() throws IOException {
    fileSystem.close();
  }

  private static void fillDirectory(Path directory, int files, String content) throws IOException {
    Files.createDirectories(directory);
    for (int i = 0; i < files; i++) {
      Files.writeString(directory.resolve("f" + i), content);
    }
  }

  /** Returns the operations of a status by kind; in each layer is a directory with some files. */
  private Map<FileOperation, Integer> countOperations(int files) throws IOException {
    Path root = fileSystem.getPath("/" + caches++);
    fillDirectory(root.resolve("lower/d"), files, "old");
    Files.createDirectory(root.resolve("instances"));
    SharedCache cache = SharedCache.of(root.resolve("lower"), root.resolve("instances"));
    for (int i = 0; i < INSTANCES; i++) {
      cache.create("node" + i);
      fillDirectory(root.resolve("instances/node" + i + "/upper/d"), files, "newer");
    }
    List<FaultyLayerStore> stores = new ArrayList<>();
    UnaryOperator<LayerStore> memory = RememberingStore.withNewMemory();
    UnaryOperator<LayerStore> counting =
        store -> {
          FaultyLayerStore counted = new FaultyLayerStore(store);
          counted.faults().startRecording();
          synchronized (stores) {
            stores.add(counted);
          }
          return memory.apply(counted);
        };
    new StatusReader(cache, row -> {}, counting).readStatus(1);
    Map<FileOperation, Integer> counts = new EnumMap<>(FileOperation.class);
    for (FaultyLayerStore store : stores) {
      store.assertAllClosed();
      for (RecordedOperation operation : store.faults().recordedOperations()) {
        counts.merge(operation.operation(), 1, Integer::sum);
      }
    }
    return counts;
  }

  /**
   * The state of each file is read once, in three uppers and the lower. The names of the attributes
   * of an upper's file are read once; another time it is asked whether its data is in the lower,
   * since it has no blocks in memory.
   */
  @Test
  void statusAsksForTheStateOfEachFileOnce() throws IOException {
    Map<FileOperation, Integer> cost = countOperations(MANY);
    countOperations(FEW).forEach((operation, count) -> cost.merge(operation, -count, Integer::sum));
    cost.values().removeIf(count -> count == 0);
    cost.replaceAll((operation, count) -> count / (MANY - FEW));
    assertEquals(Map.of(FileOperation.STAT, 4, FileOperation.READ_XATTR, 6), cost);
  }

  /** Each layer has two directories, and each is gone through two to six times. */
  @Test
  void statusListsEachDirectoryOnce() throws IOException {
    assertEquals((INSTANCES + 1) * 2, countOperations(MANY).get(FileOperation.LIST));
  }
}
