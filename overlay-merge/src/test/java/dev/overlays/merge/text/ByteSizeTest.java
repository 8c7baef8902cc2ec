package dev.overlays.merge.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes as text. */
class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "1023, 1023 bytes",
    "1024, 1.0 KiB",
    "1048524, 1023.9 KiB",
    "1048525, 1.0 MiB",
    "2040109466, 1.9 GiB",
    "9223372036854775807, 8.0 EiB"
  })
  void sizesAreRoundedToATenthOfTheirUnit(long bytes, String text) {
    assertEquals(text, ByteSize.format(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "0, UP, 0 bytes",
    "1900000000, UP, 1.8 GiB",
    "1900000000, DOWN, 1.7 GiB",
    "1048575, UP, 1.0 MiB",
    "1048575, DOWN, 1023.9 KiB",
    "-1900000000, HALF_UP, -1.8 GiB"
  })
  void callerChoosesTheRounding(long bytes, RoundingMode rounding, String text) {
    assertEquals(text, ByteSize.format(bytes, rounding));
  }

  /** A message such as "up to 1 GiB here, and there are 1 GiB left" would be useless. */
  @Test
  void spaceNeededNeverReadsAsTheSpaceLeft() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long left = random.nextLong() >>> (1 + random.nextInt(60));
      String need = ByteSize.format(left + 1, RoundingMode.UP);
      assertNotEquals(ByteSize.format(left, RoundingMode.DOWN), need, () -> left + ", " + seed);
    }
  }
}
