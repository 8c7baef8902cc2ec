package dev.overlays.merge.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An export or import that is cancelled, whenever it is, says so and leaves nothing. */
class CancelledArchiveTest {
  private static final int FILES = 40;
  private static final int FILE_SIZE = 5000;

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path parent = fileSystem.getPath("/parent");
  private final Path layer = fileSystem.getPath("/layer");

  private void createLayer() throws IOException {
    Files.createDirectory(parent);
    Files.createDirectory(layer);
    Random random = new Random(0);
    for (int i = 0; i < FILES; i++) {
      byte[] content = new byte[FILE_SIZE];
      random.nextBytes(content);
      Files.write(layer.resolve("f" + i), content);
    }
  }

  private OciLayer export(OciCompression compression, int workers) {
    return OciLayer.of(layer, MarkNamespace.TRUSTED)
        .store(store)
        .compression(compression)
        .workers(workers);
  }

  @ParameterizedTest
  @CsvSource({"NONE,1", "NONE,3", "GZIP,1", "ZSTD,3"})
  void leavesNothing(OciCompression compression, int workers) throws IOException {
    createLayer();
    AtomicInteger asked = new AtomicInteger();
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    export(compression, workers).cancelWhen(() -> asked.incrementAndGet() < 0).writeTo(archive);
    for (int last : List.of(1, 2, asked.get())) {
      asked.set(0);
      assertCancelled(
          () ->
              export(compression, workers)
                  .cancelWhen(() -> asked.incrementAndGet() >= last)
                  .writeTo(new ByteArrayOutputStream()));
    }
    asked.set(0);
    importAs("whole", archive, workers, asked, Integer.MAX_VALUE);
    for (int last : List.of(1, 2, asked.get())) {
      asked.set(0);
      assertCancelled(() -> importAs("part", archive, workers, asked, last));
      try (Stream<Path> left = Files.list(parent)) {
        assertEquals(List.of(parent.resolve("whole")), left.toList(), "at " + last);
      }
    }
    try (LayerDirectory directory = store.open(parent.resolve("whole"))) {
      assertEquals(FILE_SIZE, directory.stat(Name.of("f0")).orElseThrow().size());
    }
    store.assertAllClosed();
  }

  private void importAs(
      String name, ByteArrayOutputStream archive, int workers, AtomicInteger asked, int last)
      throws IOException {
    OciImport.to(parent.resolve(name))
        .store(store)
        .workers(workers)
        .cancelWhen(() -> asked.incrementAndGet() >= last)
        .run(new ByteArrayInputStream(archive.toByteArray()));
  }

  /** Something that is cancelled. */
  @FunctionalInterface
  private interface CancelledWork {
    void run() throws IOException;
  }

  private void assertCancelled(CancelledWork work) {
    OverlayException e = assertThrows(OverlayException.class, work::run);
    assertEquals(ProblemCode.MERGE_CANCELLED, e.problems().get(0).code(), e::toString);
    store.assertAllClosed();
  }
}
