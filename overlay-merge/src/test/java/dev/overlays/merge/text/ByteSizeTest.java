package dev.overlays.merge.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
