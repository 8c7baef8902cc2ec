package dev.overlays.merge.oci.tar;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Reads the map of a sparse file in the forms that tools write: in the header (GNU tar's old form
 * and star's), in an extended header (GNU tar's 0.0 and 0.1), or before the data (GNU tar's 1.0,
 * which bsdtar writes, too). Sources: GNU tar's manual, "Storing Sparse Files", and its tar.h;
 * star(5).
 */
final class SparseMapReader {
  private static final String NAME_KEY = "GNU.sparse.name";
  private static final String VERSION_KEY = "GNU.sparse.major";
  private static final String SIZE_KEY = "GNU.sparse.size";
  private static final String REAL_SIZE_KEY = "GNU.sparse.realsize";
  private static final String STAR_SIZE_KEY = "SCHILY.realsize";
  private static final int FIELD_LENGTH = TarConstants.SPARSE_OFFSET_LEN;
  private static final int MORE_FLAG_OFFSET = TarConstants.SPARSELEN_GNU_SPARSE;

  private final Map<String, byte[]> records;
  private final BlockSource blocks;
  private int bytesAllowed;

  /** Reads the next block of the archive, or of the data of the file. */
  @FunctionalInterface
  interface BlockSource {
    byte[] nextBlock(boolean data) throws IOException;
  }

  /**
   * Makes a reader.
   *
   * @param records the records of the extended header
   * @param blocks the blocks that follow the header
   * @param most how many bytes the map may have, because it is kept in memory
   */
  SparseMapReader(Map<String, byte[]> records, BlockSource blocks, int most) {
    this.records = records;
    this.blocks = blocks;
    this.bytesAllowed = most;
  }

  /**
   * Returns the real name of a sparse file, whose header has another one; null if the records have
   * none.
   */
  static byte[] sparseName(Map<String, byte[]> records) {
    return records.get(NAME_KEY);
  }

  /**
   * Reads the map of a file.
   *
   * @param header the header of the file
   * @param size how many bytes the archive has for the file
   * @return the map; null if the file is not sparse
   * @throws IllegalArgumentException if the map is malformed
   */
  SparseMap readMap(byte[] header, long size) throws IOException {
    SparseMap map = null;
    long stored = size;
    if (header[TarConstants.LF_OFFSET] == TarConstants.LF_GNUTYPE_SPARSE) {
      map =
          isStarHeader(header)
              ? readHeaderMap(header, 356, 355, 452)
              : readHeaderMap(header, 386, 482, 483);
    } else if (records.containsKey(VERSION_KEY)) {
      SparseMap.NumberList numbers = new SparseMap.NumberList();
      stored -= readDataMap(numbers);
      map = SparseMap.of(sizeRecord(REAL_SIZE_KEY), numbers);
    } else if (records.containsKey(SparseMap.MAP_KEY)) {
      map = SparseMap.of(sizeRecord(SIZE_KEY), parseRecordMap(records.get(SparseMap.MAP_KEY)));
    } else if (records.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."))
        || (records.containsKey(STAR_SIZE_KEY) && sizeRecord(STAR_SIZE_KEY) != size)) {
      throw new IllegalArgumentException("a sparse file has no map of its data");
    }
    if (map != null && map.dataSize() != stored) {
      throw new IllegalArgumentException("the data of a sparse file does not match its map");
    }
    return map;
  }

  private static boolean isStarHeader(byte[] header) {
    return PaxRecords.latin1Of(Arrays.copyOfRange(header, TarConstants.XSTAR_MAGIC_OFFSET, 512))
        .equals(TarConstants.MAGIC_XSTAR);
  }

  /** Reads the first places from the header and the others from blocks behind it. */
  private SparseMap readHeaderMap(byte[] header, int first, int more, int size) throws IOException {
    SparseMap.NumberList numbers = new SparseMap.NumberList();
    int end = first + TarConstants.SPARSELEN_GNU;
    boolean isMore = readFields(header, first, end, numbers) && header[more] != 0;
    long whole =
        records.containsKey(STAR_SIZE_KEY)
            ? sizeRecord(STAR_SIZE_KEY)
            : HeaderNumber.parse(header, size, FIELD_LENGTH);
    while (isMore) {
      byte[] block = nextBlock(false);
      isMore = readFields(block, 0, MORE_FLAG_OFFSET, numbers) && block[MORE_FLAG_OFFSET] != 0;
    }
    return SparseMap.of(whole, numbers);
  }

  /** Reads fields of a block; returns whether all of them were in use. */
  private static boolean readFields(
      byte[] block, int start, int end, SparseMap.NumberList numbers) {
    for (int at = start; at < end; at += 2 * FIELD_LENGTH) {
      if (block[at + FIELD_LENGTH] == 0) {
        return false;
      }
      numbers.addNumber(HeaderNumber.parse(block, at, FIELD_LENGTH));
      numbers.addNumber(HeaderNumber.parse(block, at + FIELD_LENGTH, FIELD_LENGTH));
    }
    return true;
  }

  private static SparseMap.NumberList parseRecordMap(byte[] record) {
    SparseMap.NumberList numbers = new SparseMap.NumberList();
    for (byte character : record) {
      numbers.readCharacter(character, ',');
    }
    numbers.readCharacter((byte) ',', ',');
    return numbers;
  }

  /**
   * Reads the number of places and the places, one number a line. Returns how many bytes they take.
   */
  private long readDataMap(SparseMap.NumberList numbers) throws IOException {
    SparseMap.NumberList count = new SparseMap.NumberList();
    long wanted = 1;
    long read = 0;
    while (numbers.numberCount() < wanted || count.numberCount() == 0) {
      byte[] block = nextBlock(true);
      read += block.length;
      for (int i = 0;
          i < block.length && (count.numberCount() == 0 || numbers.numberCount() < wanted);
          i++) {
        if (count.numberCount() > 0) {
          numbers.readCharacter(block[i], '\n');
        } else {
          count.readCharacter(block[i], '\n');
          wanted =
              count.numberCount() > 0 ? 2 * Math.min(count.firstNumber(), Integer.MAX_VALUE) : 1;
        }
      }
    }
    return read;
  }

  private byte[] nextBlock(boolean data) throws IOException {
    byte[] block = blocks.nextBlock(data);
    bytesAllowed -= block.length;
    if (bytesAllowed < 0) {
      throw new IllegalArgumentException("the map of a sparse file is longer than the limit");
    }
    return block;
  }

  private long sizeRecord(String key) {
    String text = PaxRecords.latin1Of(records.getOrDefault(key, new byte[0]));
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("the size of a sparse file is not a number");
    }
    return Long.parseLong(text);
  }
}
