package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DisplaySizeTest {
  @Test
  void hasOneDecimalInTheLargestUnit() {
    assertEquals("0 bytes", DisplaySize.of(0, RoundingMode.DOWN));
    assertEquals("1023 bytes", DisplaySize.of(1023, RoundingMode.UP));
    assertEquals("1.0 KB", DisplaySize.of(1024, RoundingMode.UP));
    assertEquals("1.8 GB", DisplaySize.of(1_900_000_000, RoundingMode.UP));
    assertEquals("1.7 GB", DisplaySize.of(1_900_000_000, RoundingMode.DOWN));
    assertEquals("8.0 EB", DisplaySize.of(Long.MAX_VALUE, RoundingMode.UP));
  }

  /** A message such as "up to 1 GB here, and there are 1 GB left" would be useless. */
  @Test
  void whatIsNeededNeverReadsAsWhatIsThere() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long there = random.nextLong() >>> (1 + random.nextInt(60));
      String need = DisplaySize.of(there + 1, RoundingMode.UP);
      assertNotEquals(DisplaySize.of(there, RoundingMode.DOWN), need, () -> there + ", " + seed);
    }
  }
}
