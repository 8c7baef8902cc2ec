package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.TarBuilder;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.SparseMap;
import dev.overlays.merge.oci.tar.TarReader;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.testkit.layer.FileOperation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data of files: the same bytes, and zeros as holes. */
class FileDataWriterTest {
  private static final int BLOCK_SIZE = 4096;
  private static final int CHUNK_SIZE = 1 << 16;
  private static final Name FILE = Name.of("file");

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private LayerInMemory layer;
  private LayerDirectory directory;

  @BeforeEach
  void openLayer() throws IOException {
    layer = new LayerInMemory();
    directory = layer.store().open(layer.root());
  }

  @AfterEach
  void everythingIsClosed() throws IOException {
    directory.close();
    layer.store().assertAllClosed();
    layer.close();
  }

  private byte[] writtenBytes() throws IOException {
    Path file = layer.root().resolve("file");
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private long writeCount() {
    return layer.store().faults().recordedOperations().stream()
        .filter(each -> each.operation() == FileOperation.WRITE)
        .count();
  }

  /** A stream that gives some bytes at a time, and of which more must not be read than asked. */
  private InputStream slowInput(byte[] bytes) {
    InputStream all = new ByteArrayInputStream(bytes);
    return new InputStream() {
      @Override
      public int read() throws IOException {
        return all.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return all.read(target, offset, Math.min(length, 1 + random.nextInt(50_000)));
      }
    };
  }

  /**
   * Zeros and other bytes in runs whose ends are near those of blocks and chunks, and elsewhere.
   */
  private byte[] randomContent() {
    int[] sizes = {0, 1, BLOCK_SIZE, CHUNK_SIZE, 2 * CHUNK_SIZE, 3 * CHUNK_SIZE + BLOCK_SIZE};
    int size = sizes[random.nextInt(sizes.length)] + random.nextInt(5) - 2;
    byte[] content = new byte[Math.max(0, size)];
    int start = 0;
    while (start < content.length) {
      int[] runs = {1, 100, BLOCK_SIZE - 1, BLOCK_SIZE, 3 * BLOCK_SIZE, CHUNK_SIZE};
      int end = Math.min(content.length, start + runs[random.nextInt(runs.length)]);
      if (random.nextBoolean()) {
        Arrays.fill(content, start, end, (byte) random.nextInt(256));
      }
      start = end;
    }
    return content;
  }

  @Test
  void everyContentIsWrittenAsItIs() throws IOException {
    for (int round = 0; round < 150; round++) {
      byte[] content = randomContent();
      byte[] more = Arrays.copyOf(content, content.length + 10);
      InputStream data = slowInput(more);
      FileDataWriter.writeData(data, content.length, directory, FILE);
      assertEquals(10, data.readAllBytes().length, "what follows is left, seed " + seed);
      assertArrayEquals(content, writtenBytes(), "seed " + seed);
    }
  }

  /** Each run of blocks of zeros in a large file is left out, and the last byte makes the size. */
  @Test
  void blocksOfZerosAreNotWritten() throws IOException {
    byte[] content = new byte[100 * CHUNK_SIZE];
    layer.store().faults().startRecording();
    FileDataWriter.writeData(slowInput(content), content.length, directory, FILE);
    assertEquals(1, writeCount());
    assertArrayEquals(content, writtenBytes());

    content[50 * CHUNK_SIZE + 5 * BLOCK_SIZE + 7] = 1;
    content[content.length - 1] = 1;
    FileDataWriter.writeData(slowInput(content), content.length, directory, FILE);
    assertEquals(1 + 2, writeCount());
    assertArrayEquals(content, writtenBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0,0", "0,5", "5,0", "4096,4096", "1,3,70000,1000,200000,0", "0,100000"})
  void placesOfASparseFileAreWhereItsMapSays(String map) throws IOException {
    int size = 200_000;
    long[] numbers = Arrays.stream(map.split(",")).mapToLong(Long::parseLong).toArray();
    byte[] expected = new byte[size];
    byte[] data = new byte[0];
    for (int i = 0; i < numbers.length; i += 2) {
      byte[] place = new byte[(int) numbers[i + 1]];
      random.nextBytes(place);
      System.arraycopy(place, 0, expected, (int) numbers[i], place.length);
      data = Arrays.copyOf(data, data.length + place.length);
      System.arraycopy(place, 0, data, data.length - place.length, place.length);
    }
    FileDataWriter.writeData(
        new ByteArrayInputStream(data), mapOf(size, map, data), directory, FILE);
    assertArrayEquals(expected, writtenBytes(), "seed " + seed);
  }

  /** Returns the map that an archive has for its first file. */
  private static SparseMap mapOf(int size, String map, byte[] data) throws IOException {
    byte[] archive =
        new TarBuilder()
            .addPaxRecords("GNU.sparse.size", Integer.toString(size), "GNU.sparse.map", map)
            .addEntry("x", '0', "", data, header -> {})
            .completeBytes();
    return new TarReader(
            new ByteArrayInputStream(archive),
            new ArchiveRefusals(Path.of("target")),
            OciLimits.DEFAULTS)
        .nextEntry()
        .sparse();
  }

  /** What fails is reported, and the file is closed. */
  @Test
  void failedWriteIsReported() throws IOException {
    byte[] content = randomContent();
    content = content.length < 2 * CHUNK_SIZE ? new byte[] {1} : content;
    for (int number = 1; number <= 2; number++) {
      layer.store().failAt(layer.store().changeCount() + number);
      String problem = "";
      try {
        FileDataWriter.writeData(
            new ByteArrayInputStream(content), content.length, directory, FILE);
      } catch (IOException e) {
        problem = e.toString();
      }
      assertNotEquals("", problem, "change " + number + ", seed " + seed);
      assertTrue(layer.store().openHandles() == 1, "only the directory");
      Files.deleteIfExists(layer.root().resolve("file"));
    }
  }
}
