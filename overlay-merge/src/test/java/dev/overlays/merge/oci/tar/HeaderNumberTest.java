package dev.overlays.merge.oci.tar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers in header fields of 8 and 12 bytes. */
class HeaderNumberTest {
  private static final int ROUNDS = 20_000;
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);

  private static long parseField(byte[] field) {
    byte[] block = new byte[field.length + 20];
    Arrays.fill(block, (byte) '7');
    System.arraycopy(field, 0, block, 10, field.length);
    return HeaderNumber.parse(block, 10, field.length);
  }

  private static long parseText(String text, int length) {
    return parseField(Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), length));
  }

  private int randomLength() {
    return random.nextBoolean() ? 8 : 12;
  }

  /** The field without its flag is a two's complement number of 63 or 95 bits. */
  @Test
  void binaryNumbersAreThoseOfTwosComplementWithinALong() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] field = new byte[randomLength()];
      random.nextBytes(field);
      if (random.nextInt(3) > 0) {
        // Numbers near zero, of either sign, and near the range of a long.
        int zeros = random.nextInt(field.length + 1);
        Arrays.fill(field, 0, zeros, (byte) (random.nextBoolean() ? 0 : 0xff));
      }
      field[0] |= (byte) 0x80;
      byte[] number = field.clone();
      number[0] = (byte) ((field[0] & 0x40) == 0 ? field[0] & 0x7f : field[0]);
      BigInteger exact = new BigInteger(number);
      long expected = exact.max(LEAST).min(MOST).longValue();
      assertEquals(expected, parseField(field), HexFormat.of().formatHex(field) + ", seed " + seed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8000000000000000, 0",
    "8000000000000001, 1",
    "ffffffffffffffff, -1",
    "c000000000000000, -4611686018427387904",
    "bfffffffffffffff, 4611686018427387903",
    "800000007fffffffffffffff, 9223372036854775807",
    "800000008000000000000000, 9223372036854775807",
    "bfffffffffffffffffffffff, 9223372036854775807",
    "ffffffff8000000000000000, -9223372036854775808",
    "ffffffff7fffffffffffffff, -9223372036854775808",
    "c00000000000000000000000, -9223372036854775808",
    "800000000000000100000000, 4294967296"
  })
  void binaryNumberHasExactValueOrItsNearestLong(String field, long expected) {
    assertEquals(expected, parseField(HexFormat.of().parseHex(field)));
  }

  /** commons-compress writes octal digits as long as they fit, and the binary form beyond. */
  @Test
  void whatAnotherToolWritesIsRead() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] field = new byte[12];
      long number = random.nextLong() >> random.nextInt(64);
      TarUtils.formatLongOctalOrBinaryBytes(number, field, 0, field.length);
      assertEquals(number, parseField(field), "seed " + seed);
    }
  }

  @Test
  void octalDigitsMayFillTheFieldOrEndBySpaceOrNul() {
    for (int round = 0; round < ROUNDS; round++) {
      int length = randomLength();
      long most = 1L << (3 * (length - 1));
      String digits = Long.toOctalString(random.nextLong(most));
      String end = random.nextBoolean() ? " " : "\0";
      String start = random.nextBoolean() ? " ".repeat(length - 1 - digits.length()) : "";
      assertEquals(Long.parseLong(digits, 8), parseText(start + digits + end, length), digits);
    }
    assertEquals(0777777777777L, parseText("777777777777", 12));
    assertEquals(077777777L, parseText("77777777", 8));
    assertEquals(0, parseText("", 8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "-1", "0x1", "1a", "1 2", "1\0002", "+1", "1.0", "1\u0080"})
  void whatIsNoOctalNumberIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> parseText(text, 8));
  }
}
