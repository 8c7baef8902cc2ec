package dev.overlays.merge.oci.tar;

import java.util.Arrays;

/**
 * The places where a sparse file has data; the rest is holes. In the archive the data of the places
 * are adjacent.
 */
public final class SparseMap {
  /** Keys of GNU tar's forms; source: its manual, "Storing Sparse Files". */
  static final String OFFSET_KEY = "GNU.sparse.offset";

  static final String LENGTH_KEY = "GNU.sparse.numbytes";
  static final String MAP_KEY = "GNU.sparse.map";

  private final long size;
  private final long[] places;

  private SparseMap(long size, long[] places) {
    this.size = size;
    this.places = places;
  }

  /**
   * Makes a map.
   *
   * @param size the size of the file with its holes
   * @param numbers the offset and length of each place in turn
   * @throws IllegalArgumentException if no file can have this size and these places
   */
  static SparseMap of(long size, NumberList numbers) {
    long[] places = numbers.toArray();
    if (places.length % 2 != 0) {
      throw new IllegalArgumentException("an offset in the map of a sparse file has no length");
    }
    if (size < 0) {
      // Subtracted from the total of an import, it would lift that limit.
      throw new IllegalArgumentException("the size of a sparse file is negative");
    }
    long end = 0;
    for (int i = 0; i < places.length; i += 2) {
      if (places[i] < end || places[i + 1] < 0 || places[i + 1] > size - places[i]) {
        throw new IllegalArgumentException(
            "the map of a sparse file is out of order or exceeds the file");
      }
      end = places[i] + places[i + 1];
    }
    return new SparseMap(size, places);
  }

  /** Returns the size of the file with its holes, in bytes. */
  public long fileSize() {
    return size;
  }

  /** Returns the number of places. */
  public int placeCount() {
    return places.length / 2;
  }

  /** Returns the offset of a place in the file. */
  public long placeOffset(int place) {
    return places[2 * place];
  }

  /** Returns the length of a place in bytes. */
  public long placeLength(int place) {
    return places[2 * place + 1];
  }

  /** Returns the total length of all places in bytes. */
  long dataSize() {
    long sum = 0;
    for (int i = 0; i < placeCount(); i++) {
      sum += placeLength(i);
    }
    return sum;
  }

  /** A list of numbers that are read digit by digit. */
  static final class NumberList {
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

    /** Reads one more digit, or the separator that ends a number. */
    void readCharacter(byte character, char separator) {
      if (character == separator && length > 0) {
        addNumber(digits);
        digits = 0;
        length = 0;
      } else if (character >= '0' && character <= '9' && ++length <= MOST_DIGITS) {
        digits = digits * 10 + character - '0';
      } else {
        throw new IllegalArgumentException("the map of a sparse file has an invalid number");
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
