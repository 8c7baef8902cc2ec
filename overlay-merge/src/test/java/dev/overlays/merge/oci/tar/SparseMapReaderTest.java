package dev.overlays.merge.oci.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same map in each form that tools write. Sources: as for {@link SparseMapReader}. */
class SparseMapReaderTest {
  private static final int BLOCK_SIZE = 512;
  private static final int FIELD = 12;
  private static final int UNLIMITED = 1 << 20;

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);

  /** Offsets and lengths in turn, and the size of the file. */
  private static final class PlacesOfFile {
    private final long size;
    private final long[] numbers;

    PlacesOfFile(long size, long[] numbers) {
      this.size = size;
      this.numbers = numbers;
    }

    long dataSize() {
      long sum = 0;
      for (int i = 1; i < numbers.length; i += 2) {
        sum += numbers[i];
      }
      return sum;
    }

    String joinNumbers(String separator) {
      return String.join(
          separator, Arrays.stream(numbers).mapToObj(Long::toString).toArray(String[]::new));
    }
  }

  /** What an archive holds of a sparse file, before its data. */
  private static final class WrittenFile {
    private final byte[] header = new byte[BLOCK_SIZE];
    private final Map<String, byte[]> records = new LinkedHashMap<>();
    private final Deque<byte[]> blocks = new ArrayDeque<>();
    private boolean inData;
    private long size;

    void addRecord(String key, Object value) {
      records.put(key, value.toString().getBytes(ISO_8859_1));
    }

    SparseMap read(int most) throws IOException {
      SparseMapReader reader = new SparseMapReader(records, this::nextBlock, most);
      SparseMap map = reader.readMap(header, size);
      assertTrue(blocks.isEmpty(), "the data would be read from the wrong place");
      return map;
    }

    private byte[] nextBlock(boolean ofData) throws IOException {
      assertEquals(inData, ofData, "where the block is");
      if (blocks.isEmpty()) {
        throw new EOFException("no more blocks");
      }
      return blocks.remove();
    }
  }

  private enum SparseForm {
    GNU_HEADER {
      @Override
      void write(PlacesOfFile places, WrittenFile file) {
        file.header[156] = 'S';
        writeFields(places, file, 386, 482);
        putNumber(places.size, file.header, 483);
      }
    },
    STAR_HEADER {
      @Override
      void write(PlacesOfFile places, WrittenFile file) {
        file.header[156] = 'S';
        writeFields(places, file, 356, 355);
        putNumber(places.size, file.header, 452);
        System.arraycopy("tar\0".getBytes(ISO_8859_1), 0, file.header, 508, 4);
      }
    },
    STAR_HEADER_WITH_RECORD {
      @Override
      void write(PlacesOfFile places, WrittenFile file) {
        STAR_HEADER.write(new PlacesOfFile(0, places.numbers), file);
        file.addRecord("SCHILY.realsize", places.size);
      }
    },
    GNU_0_0 {
      @Override
      void write(PlacesOfFile places, WrittenFile file) {
        PaxRecords records = new PaxRecords();
        records.addRecord("GNU.sparse.size", Long.toString(places.size));
        records.addRecord("GNU.sparse.numblocks", Integer.toString(places.numbers.length / 2));
        for (int i = 0; i < places.numbers.length; i++) {
          String key = i % 2 == 0 ? "GNU.sparse.offset" : "GNU.sparse.numbytes";
          records.addRecord(key, Long.toString(places.numbers[i]));
        }
        file.records.putAll(PaxRecords.parse(records.toBytes()));
      }
    },
    GNU_0_1 {
      @Override
      void write(PlacesOfFile places, WrittenFile file) {
        file.addRecord("GNU.sparse.size", places.size);
        file.addRecord("GNU.sparse.map", places.joinNumbers(","));
      }
    },
    GNU_1_0 {
      @Override
      void write(PlacesOfFile places, WrittenFile file) {
        file.addRecord("GNU.sparse.major", 1);
        file.addRecord("GNU.sparse.minor", 0);
        file.addRecord("GNU.sparse.realsize", places.size);
        String text = places.numbers.length / 2 + "\n" + places.joinNumbers("\n") + "\n";
        byte[] map = text.getBytes(ISO_8859_1);
        for (int start = 0; start < map.length; start += BLOCK_SIZE) {
          file.blocks.add(Arrays.copyOfRange(map, start, start + BLOCK_SIZE));
          file.size += BLOCK_SIZE;
        }
        file.inData = true;
      }
    };

    abstract void write(PlacesOfFile places, WrittenFile file);

    WrittenFile write(PlacesOfFile places) {
      WrittenFile file = new WrittenFile();
      file.size = places.dataSize();
      write(places, file);
      return file;
    }

    /** Four places in the header, then 21 in each block. */
    private static void writeFields(PlacesOfFile places, WrittenFile file, int first, int more) {
      byte[] block = file.header;
      int start = first;
      int end = first + 4 * 2 * FIELD;
      int flag = more;
      for (int i = 0; i < places.numbers.length; i += 2) {
        if (start == end) {
          block[flag] = 1;
          block = new byte[BLOCK_SIZE];
          file.blocks.add(block);
          start = 0;
          flag = 21 * 2 * FIELD;
          end = flag;
        }
        putNumber(places.numbers[i], block, start);
        putNumber(places.numbers[i + 1], block, start + FIELD);
        start += 2 * FIELD;
      }
    }

    private static void putNumber(long number, byte[] block, int offset) {
      TarUtils.formatLongOctalOrBinaryBytes(number, block, offset, FIELD);
    }
  }

  private PlacesOfFile randomPlaces(int most) {
    long[] numbers = new long[2 * (1 + random.nextInt(most))];
    // In every second file the offsets are too large for octal digits.
    long scale = random.nextBoolean() ? 1000 : 1L << 50;
    long end = 0;
    for (int i = 0; i < numbers.length; i += 2) {
      numbers[i] = end + random.nextLong(scale);
      numbers[i + 1] = random.nextInt(3) == 0 ? 0 : random.nextInt(5000);
      end = numbers[i] + numbers[i + 1];
    }
    return new PlacesOfFile(end + random.nextInt(2) * random.nextLong(scale), numbers);
  }

  private static long[] numbersOf(SparseMap map) {
    long[] numbers = new long[2 * map.placeCount()];
    for (int i = 0; i < map.placeCount(); i++) {
      numbers[2 * i] = map.placeOffset(i);
      numbers[2 * i + 1] = map.placeLength(i);
    }
    return numbers;
  }

  @ParameterizedTest
  @EnumSource
  void everyFormGivesTheSameMap(SparseForm form) throws IOException {
    for (int round = 0; round < 200; round++) {
      PlacesOfFile places = randomPlaces(round < 100 ? 6 : 200);
      SparseMap map = form.write(places).read(UNLIMITED);
      assertEquals(places.size, map.fileSize(), "seed " + seed);
      assertArrayEquals(places.numbers, numbersOf(map), "seed " + seed);
    }
  }

  /** 4 fill the header, and 21 each block behind it; no block may be read too early or too late. */
  @ParameterizedTest
  @EnumSource
  void fullHeadersAndBlocksAreReadExactly(SparseForm form) throws IOException {
    for (int count : new int[] {1, 4, 5, 25, 26, 46, 47}) {
      long[] numbers = new long[2 * count];
      for (int i = 0; i < count; i++) {
        numbers[2 * i] = 10L * i;
        numbers[2 * i + 1] = 1;
      }
      SparseMap map = form.write(new PlacesOfFile(10L * count, numbers)).read(UNLIMITED);
      assertArrayEquals(numbers, numbersOf(map));
    }
  }

  @ParameterizedTest
  @EnumSource
  void dataThatDoesNotMatchTheMapIsRefused(SparseForm form) {
    for (long more : new long[] {-1, 1, BLOCK_SIZE}) {
      PlacesOfFile places = new PlacesOfFile(5000, new long[] {0, 2000, 3000, 1});
      WrittenFile file = form.write(places);
      file.size += more;
      assertRefused(file, "does not match");
    }
  }

  @ParameterizedTest
  @EnumSource
  void placeBehindTheEndOfTheFileIsRefused(SparseForm form) {
    assertRefused(form.write(new PlacesOfFile(2999, new long[] {0, 2000, 2000, 1000})), "exceeds");
    assertRefused(form.write(new PlacesOfFile(9999, new long[] {10, 5, 12, 5})), "out of order");
  }

  private static void assertRefused(WrittenFile file, String mentioned) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> file.read(UNLIMITED));
    assertTrue(e.getMessage().contains(mentioned), e.toString());
  }

  /** Blocks of a map are kept in memory. Records are limited as headers. */
  @ParameterizedTest
  @EnumSource(names = {"GNU_HEADER", "STAR_HEADER", "GNU_1_0"})
  void blocksOfAMapCountAgainstTheLimit(SparseForm form) throws IOException {
    PlacesOfFile places = randomPlaces(400);
    WrittenFile file = form.write(places);
    int needed = file.blocks.size() * BLOCK_SIZE;
    assertEquals(places.numbers.length / 2, file.read(needed).placeCount(), "seed " + seed);
    if (needed > 0) {
      WrittenFile again = form.write(places);
      assertThrows(IllegalArgumentException.class, () -> again.read(needed - 1), "seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GNU_HEADER", "STAR_HEADER", "GNU_1_0"})
  void missingBlockIsNoEndOfTheMap(SparseForm form) {
    long[] numbers = new long[2 * 100];
    Arrays.setAll(numbers, i -> i % 2 == 0 ? 1000L * i : 1);
    PlacesOfFile places = new PlacesOfFile(1_000_000, numbers);
    int blocks = form.write(places).blocks.size();
    assertTrue(blocks > 1, "nothing to cut");
    for (int left = 0; left < blocks; left++) {
      WrittenFile file = form.write(places);
      while (file.blocks.size() > left) {
        file.blocks.removeLast();
      }
      assertThrows(EOFException.class, () -> file.read(UNLIMITED));
    }
  }

  /** The data of the map is part of the data of the file, in whole blocks. */
  @Test
  void numbersMayCrossTheBlocksOfTheData() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < 300; i++) {
      numbers.add(1_000_003L * i);
      numbers.add(i % 100);
    }
    PlacesOfFile places =
        new PlacesOfFile(1L << 40, numbers.stream().mapToLong(Long::longValue).toArray());
    WrittenFile file = SparseForm.GNU_1_0.write(places);
    byte[] first = file.blocks.peek();
    assertTrue(first[BLOCK_SIZE - 1] != '\n' && first[BLOCK_SIZE - 2] != '\n', "choose others");
    assertArrayEquals(places.numbers, numbersOf(file.read(UNLIMITED)));
  }

  @Test
  void fileWithHolesOnlyHasNoPlaces() throws IOException {
    WrittenFile file = SparseForm.GNU_1_0.write(new PlacesOfFile(1L << 40, new long[0]));
    SparseMap map = file.read(UNLIMITED);
    assertEquals(0, map.placeCount());
    assertEquals(1L << 40, map.fileSize());
    WrittenFile old = SparseForm.GNU_HEADER.write(new PlacesOfFile(77, new long[0]));
    assertEquals(77, old.read(UNLIMITED).fileSize());
  }

  @Test
  void negativeSizeInAHeaderIsRefused() {
    for (SparseForm form : List.of(SparseForm.GNU_HEADER, SparseForm.STAR_HEADER)) {
      WrittenFile file = form.write(new PlacesOfFile(Long.MIN_VALUE, new long[0]));
      assertThrows(IllegalArgumentException.class, () -> file.read(UNLIMITED), form::name);
    }
  }

  @Test
  void plainFileHasNoMap() throws IOException {
    WrittenFile file = new WrittenFile();
    file.size = 10;
    file.addRecord("mtime", "1.5");
    assertNull(file.read(UNLIMITED));
    // star adds its size record to plain files, too.
    file.addRecord("SCHILY.realsize", 10);
    assertNull(file.read(UNLIMITED));
  }

  /** Unpacked without their map they would be files of other content. */
  @Test
  void sparseFileWithoutItsMapIsRefused() {
    for (String key : List.of("GNU.sparse.size", "GNU.sparse.numblocks", "SCHILY.realsize")) {
      WrittenFile file = new WrittenFile();
      file.size = 10;
      file.addRecord(key, 11);
      assertRefused(file, "no map of its data");
    }
    for (String size : List.of("", "-1", "1e3", "9999999999999999999")) {
      WrittenFile file = new WrittenFile();
      file.addRecord("GNU.sparse.map", "0,0");
      file.addRecord("GNU.sparse.size", size);
      assertRefused(file, "not a number");
    }
  }
}
