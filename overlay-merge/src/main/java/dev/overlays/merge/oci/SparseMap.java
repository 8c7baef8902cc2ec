package dev.overlays.merge.oci;

import java.util.Arrays;

/**
 * Where a sparse file has data; all else of it is holes. The data of all places follow one another
 * in the archive.
 */
final class SparseMap {
  /** Keys of GNU tar's forms; source: its manual, "Storing Sparse Files". */
  static final String OFFSET = "GNU.sparse.offset";

  static final String LENGTH = "GNU.sparse.numbytes";
  static final String MAP = "GNU.sparse.map";

  private final long size;
  private final long[] places;

  private SparseMap(long size, long[] places) {
    this.size = size;
    this.places = places;
  }

  /**
   * Makes a map.
   *
   * @param size how large the file is with its holes
   * @param numbers the offset and length of each place in turn
   * @throws IllegalArgumentException if no file can be so
   */
  static SparseMap of(long size, NumberReader numbers) {
    long[] places = numbers.toArray();
    if (places.length % 2 != 0) {
      throw new IllegalArgumentException("a place of a sparse file has no length");
    }
    long end = 0;
    for (int i = 0; i < places.length; i += 2) {
      if (places[i] < end || places[i + 1] < 0 || places[i + 1] > size - places[i]) {
        throw new IllegalArgumentException("the places of a sparse file are not in it or in order");
      }
      end = places[i] + places[i + 1];
    }
    return new SparseMap(size, places);
  }

  /** How large the file is, in bytes. */
  long fileSize() {
    return size;
  }

  /** How many places there are. */
  int extentCount() {
    return places.length / 2;
  }

  /** Where a place begins in the file. */
  long offsetOf(int place) {
    return places[2 * place];
  }

  /** How many bytes it has. */
  long lengthOf(int place) {
    return places[2 * place + 1];
  }

  /** How many bytes all places have together. */
  long dataSize() {
    long sum = 0;
    for (int i = 0; i < extentCount(); i++) {
      sum += lengthOf(i);
    }
    return sum;
  }

  /** Numbers that are read one after the other. */
  static final class NumberReader {
    private static final int MOST_DIGITS = 18;

    private long[] numbers = new long[16];
    private int count;
    private long digits;
    private int length;

    void addNumber(long number) {
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = number;
    }

    /** Reads one more digit, or with any other byte the end of a number. */
    void readDigit(byte character, char separator) {
      if (character == separator && length > 0) {
        addNumber(digits);
        digits = 0;
        length = 0;
      } else if (character >= '0' && character <= '9' && ++length <= MOST_DIGITS) {
        digits = digits * 10 + character - '0';
      } else {
        throw new IllegalArgumentException("the map of a sparse file has a wrong number");
      }
    }

    int numberCount() {
      return count;
    }

    long firstNumber() {
      return numbers[0];
    }

    private long[] toArray() {
      return Arrays.copyOf(numbers, count);
    }
  }
}
