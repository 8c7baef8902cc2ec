package dev.overlays.merge.oci.tar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.merge.oci.tar.SparseMap.NumberList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Places of sparse files: which a file can have, and how their numbers are read. */
class SparseMapTest {
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);

  private static SparseMap mapOf(long size, long... numbers) {
    NumberList list = new NumberList();
    Arrays.stream(numbers).forEach(list::addNumber);
    return SparseMap.of(size, list);
  }

  private static void assertRefused(long size, long... numbers) {
    assertThrows(
        IllegalArgumentException.class, () -> mapOf(size, numbers), Arrays.toString(numbers));
  }

  private static NumberList numbersIn(String text) {
    NumberList numbers = new NumberList();
    for (int i = 0; i < text.length(); i++) {
      numbers.readCharacter((byte) text.charAt(i), ',');
    }
    return numbers;
  }

  /** Whether the places are within the file, in order and apart, found by marking each byte. */
  private static boolean isPossible(int size, long[] numbers) {
    BitSet bytes = new BitSet();
    for (int i = 0; i < numbers.length; i += 2) {
      int start = (int) numbers[i];
      int end = start + (int) numbers[i + 1];
      if (end < start || end > size || bytes.length() > start) {
        return false;
      }
      bytes.set(start, end);
    }
    return true;
  }

  @Test
  void placesAreAcceptedIfAFileCanHaveThem() {
    int accepted = 0;
    for (int round = 0; round < 20_000; round++) {
      int size = random.nextInt(20);
      long[] numbers = new long[2 * random.nextInt(4)];
      for (int i = 0; i < numbers.length; i++) {
        int offset = random.nextInt(5 * i + 5);
        int length = random.nextInt(5) - random.nextInt(2);
        numbers[i] = i % 2 == 0 ? offset : length;
      }
      // A place without length may be anywhere in order, but bits do not show where it was.
      if (Arrays.stream(numbers).skip(1).anyMatch(number -> number == 0)) {
        continue;
      }
      if (isPossible(size, numbers)) {
        accepted++;
        SparseMap map = mapOf(size, numbers);
        assertEquals(numbers.length / 2, map.placeCount());
        long sum = 0;
        for (int i = 0; i < map.placeCount(); i++) {
          assertEquals(numbers[2 * i], map.placeOffset(i));
          assertEquals(numbers[2 * i + 1], map.placeLength(i));
          sum += map.placeLength(i);
        }
        assertEquals(sum, map.dataSize(), "seed " + seed);
      } else {
        assertRefused(size, numbers);
      }
    }
    assertTrue(accepted > 300, accepted + " accepted, seed " + seed);
  }

  @Test
  void emptyPlacesKeepTheOrder() {
    assertEquals(2, mapOf(10, 0, 0, 10, 0).placeCount());
    assertEquals(0, mapOf(10).placeCount());
    assertEquals(0, mapOf(0, 0, 0).dataSize());
    assertRefused(10, 5, 0, 4, 0);
    assertRefused(10, 11, 0);
  }

  /** Sums that wrap around must not look like places in the file. */
  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 9223372036854775807",
    "9223372036854775807, 1",
    "1, 9223372036854775807",
    "-1, 1",
    "-9223372036854775808, 1",
    "1, -1",
    "0, -9223372036854775808"
  })
  void numbersAtTheEndOfTheirRangeAreRefused(long offset, long length) {
    assertRefused(100, offset, length);
    assertRefused(100, 0, 50, offset, length);
    assertEquals(1, mapOf(Long.MAX_VALUE, Long.MAX_VALUE - 1, 1).dataSize());
  }

  /** A header can state a negative size in binary. */
  @Test
  void negativeSizeIsRefusedEvenWithoutPlaces() {
    assertRefused(-1);
    assertRefused(Long.MIN_VALUE);
    assertRefused(-1, 0, 0);
  }

  @Test
  void offsetWithoutLengthIsRefused() {
    assertRefused(100, 1);
    assertRefused(100, 1, 2, 50);
  }

  /** More numbers than the list has room for at first. */
  @Test
  void anyNumberOfPlacesIsKept() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      text.append(10L * i).append(',').append(i % 10).append(',');
    }
    NumberList numbers = numbersIn(text.toString());
    assertEquals(2000, numbers.numberCount());
    SparseMap map = SparseMap.of(10_000, numbers);
    assertEquals(9990, map.placeOffset(999));
    assertEquals(4500, map.dataSize());
  }

  @Test
  void numbersHaveUpToEighteenDigits() {
    NumberList numbers = numbersIn("999999999999999999,000000000000000007,");
    assertEquals(999_999_999_999_999_999L, numbers.firstNumber());
    assertEquals(2, numbers.numberCount());
    // What no separator ends is no number yet.
    assertEquals(1, numbersIn("1,2").numberCount());
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "1,,", "-1,", "1 ,", "1;", "+1,", "1000000000000000000,", "0x1,"})
  void invalidNumbersAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> numbersIn(text));
  }
}
