package dev.overlays.merge.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.DiskUse;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RecordedOperation;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.apache.commons.io.function.IOConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one more entry costs in operations of the store, each of which is a system call or more. GNU
 * tar and du(1) pay the same but for the extended attributes.
 */
class ArchiveOperationsTest {
  private static final int FEW = 10;
  private static final int MANY = 30;

  /** Makes an entry of a number in a directory. */
  private interface EntryMaker {
    void makeEntry(Path directory, int number) throws IOException;
  }

  private static Map<FileOperation, Integer> countOperations(
      int entries, EntryMaker maker, IOConsumer<Scene> work) throws IOException {
    try (FileSystem fileSystem = InMemoryFileSystems.create()) {
      Path layer = Files.createDirectory(fileSystem.getPath("/layer"));
      for (int i = 0; i < entries; i++) {
        maker.makeEntry(layer, i);
      }
      FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
      ByteArrayOutputStream archive = new ByteArrayOutputStream();
      layerAt(layer).store(new PortableLayerStore()).writeTo(archive);
      store.faults().startRecording();
      work.accept(new Scene(layer, archive.toByteArray(), store));
      Map<FileOperation, Integer> counts = new EnumMap<>(FileOperation.class);
      for (RecordedOperation operation : store.faults().recordedOperations()) {
        counts.merge(operation.operation(), 1, Integer::sum);
      }
      return counts;
    }
  }

  private static OciLayer layerAt(Path layer) {
    return OciLayer.of(layer, MarkNamespace.USER).compression(OciCompression.NONE);
  }

  private static final class Scene {
    private final Path layer;
    private final byte[] archive;
    private final FaultyLayerStore store;

    Scene(Path layer, byte[] archive, FaultyLayerStore store) {
      this.layer = layer;
      this.archive = archive;
      this.store = store;
    }

    void exportAgain(int workers) throws IOException {
      layerAt(layer).workers(workers).store(store).writeTo(new ByteArrayOutputStream());
    }

    void importBack(int workers) throws IOException {
      OciImport.to(layer.resolveSibling("back"))
          .marks(MarkNamespace.USER)
          .workers(workers)
          .store(store)
          .run(new ByteArrayInputStream(archive));
    }

    void measureUse(int workers) throws IOException {
      DiskUse.of(layer, store, workers);
    }
  }

  /** Returns what one more entry costs; kinds that cost nothing are left out. */
  private static Map<FileOperation, Integer> costOfAnEntry(EntryMaker maker, IOConsumer<Scene> work)
      throws IOException {
    Map<FileOperation, Integer> few = countOperations(FEW, maker, work);
    Map<FileOperation, Integer> cost = countOperations(MANY, maker, work);
    few.forEach((operation, count) -> cost.merge(operation, -count, Integer::sum));
    cost.values().removeIf(count -> count == 0);
    cost.replaceAll((operation, count) -> count / (MANY - FEW));
    return cost;
  }

  private static void makeFile(Path directory, int number) throws IOException {
    Files.writeString(directory.resolve("f" + number), "content");
  }

  private static void makeEmpty(Path directory, int number) throws IOException {
    Files.createFile(directory.resolve("f" + number));
  }

  private static void makeDirectory(Path directory, int number) throws IOException {
    Files.createDirectory(directory.resolve("d" + number));
  }

  private static void makeSymlink(Path directory, int number) throws IOException {
    Files.createSymbolicLink(
        directory.resolve("s" + number), directory.getFileSystem().getPath("target"));
  }

  private static final Map<FileOperation, Integer> PLAIN_FILE =
      Map.of(
          FileOperation.STAT, 1,
          FileOperation.READ_XATTR, 1,
          FileOperation.OPEN, 1,
          FileOperation.READ, 2);

  private static Map<FileOperation, Integer> withOneMore(FileOperation operation) {
    Map<FileOperation, Integer> cost = new EnumMap<>(PLAIN_FILE);
    cost.merge(operation, 1, Integer::sum);
    return cost;
  }

  /**
   * A stat for its type and its header, its marks before anything is written, and its content; the
   * native store reads that at once.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void exportOfAFileAsksOnceForEverything(int workers) throws IOException {
    assertEquals(
        PLAIN_FILE,
        costOfAnEntry(ArchiveOperationsTest::makeFile, scene -> scene.exportAgain(workers)));
  }

  /** If any entry has extended attributes, those of each are listed again for the archive. */
  @Test
  void exportOfALayerWithXattrsAsksEachFileAgain() throws IOException {
    assertEquals(
        withOneMore(FileOperation.READ_XATTR),
        costOfAnEntry(
            (directory, number) -> {
              makeFile(directory, number);
              Files.setAttribute(directory, "user:any", ByteBuffer.wrap(new byte[] {1}));
            },
            scene -> scene.exportAgain(1)));
  }

  /** An empty file may also be a whiteout by attribute; there is nothing to read of it. */
  @Test
  void exportOfAnEmptyFileAsksForAWhiteout() throws IOException {
    assertEquals(
        Map.of(
            FileOperation.STAT, 1,
            FileOperation.READ_XATTR, 2,
            FileOperation.OPEN, 1,
            FileOperation.READ, 1),
        costOfAnEntry(ArchiveOperationsTest::makeEmpty, scene -> scene.exportAgain(1)));
  }

  @Test
  void exportOfASymlinkReadsItOnce() throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 1, FileOperation.READ_XATTR, 1, FileOperation.READ_SYMLINK, 1),
        costOfAnEntry(ArchiveOperationsTest::makeSymlink, scene -> scene.exportAgain(1)));
  }

  /** It is not asked for before it is created. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void importOfAFileCreatesItAndSetsItsAttributes(int workers) throws IOException {
    assertEquals(
        Map.of(
            FileOperation.CREATE_FILE, 1,
            FileOperation.WRITE, 1,
            FileOperation.SET_OWNER, 1,
            FileOperation.SET_TIMES, 1,
            FileOperation.SET_MODE, 1),
        costOfAnEntry(ArchiveOperationsTest::makeFile, scene -> scene.importBack(workers)));
  }

  @Test
  void importOfASymlinkCreatesItAndSetsItsAttributes() throws IOException {
    assertEquals(
        Map.of(
            FileOperation.CREATE_SYMLINK,
            1,
            FileOperation.SET_OWNER,
            1,
            FileOperation.SET_TIMES,
            1),
        costOfAnEntry(ArchiveOperationsTest::makeSymlink, scene -> scene.importBack(1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void diskUseAsksOnceForEachEntry(int workers) throws IOException {
    assertEquals(
        Map.of(FileOperation.STAT, 1),
        costOfAnEntry(ArchiveOperationsTest::makeFile, scene -> scene.measureUse(workers)));
    assertEquals(
        Map.of(FileOperation.STAT, 1, FileOperation.OPEN, 1, FileOperation.LIST, 1),
        costOfAnEntry(ArchiveOperationsTest::makeDirectory, scene -> scene.measureUse(workers)));
  }
}
