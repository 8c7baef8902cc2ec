package dev.overlays.merge.oci.tar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The records of an extended header, whose values are any bytes. */
class PaxRecordsTest {
  private static final int ROUNDS = 300;

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);

  private byte[] randomBytes(int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Any bytes but the equals sign, which ends a key. */
  private String randomKey() {
    return PaxRecords.latin1Of(randomBytes(40)).replace('=', '-');
  }

  private Map<String, byte[]> randomRecords() {
    Map<String, byte[]> records = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      records.put(randomKey(), randomBytes(random.nextInt(4) == 0 ? 20_000 : 120));
    }
    return records;
  }

  private static byte[] bytesOf(Map<String, byte[]> records) {
    PaxRecords written = new PaxRecords();
    records.forEach(written::addRecord);
    return written.toBytes();
  }

  private void assertSameRecords(Map<String, byte[]> expected, Map<String, byte[]> parsed) {
    assertEquals(List.copyOf(expected.keySet()), List.copyOf(parsed.keySet()), "seed " + seed);
    expected.forEach((key, value) -> assertArrayEquals(value, parsed.get(key), "seed " + seed));
  }

  @Test
  void anyBytesComeBackInOrder() {
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, byte[]> records = randomRecords();
      assertSameRecords(records, PaxRecords.parse(bytesOf(records)));
    }
  }

  /** One more byte of content may need one more digit, which is one more byte. */
  @ParameterizedTest
  @CsvSource({
    "4, '9 k=xxxx'",
    "5, '11 k=xxxxx'",
    "6, '12 k=xxxxxx'",
    "93, '99 k='",
    "94, '101 k='",
    "992, '999 k='",
    "993, '1001 k='"
  })
  void lengthCountsItsOwnDigits(int length, String start) {
    PaxRecords records = new PaxRecords();
    records.addRecord("k", "x".repeat(length));
    byte[] bytes = records.toBytes();
    String text = PaxRecords.latin1Of(bytes);
    assertTrue(text.startsWith(start), text);
    assertEquals(bytes.length, Integer.parseInt(text.substring(0, text.indexOf(' '))));
  }

  @Test
  void lastRecordOfAKeyCounts() {
    PaxRecords records = new PaxRecords();
    assertEquals(0, records.toBytes().length);
    records.addRecord("uid", "1");
    records.addRecord("gid", "2");
    records.addRecord("uid", "3");
    Map<String, byte[]> parsed = PaxRecords.parse(records.toBytes());
    assertEquals("3", PaxRecords.latin1Of(parsed.get("uid")));
    assertEquals(2, parsed.size());
  }

  /** A prefix has the records that are whole, or is refused. */
  @Test
  void everyCutIsRefusedOrEndsBetweenRecords() {
    for (int round = 0; round < 20; round++) {
      List<Integer> ends = new ArrayList<>(List.of(0));
      PaxRecords records = new PaxRecords();
      for (int i = 0; i < 4; i++) {
        records.addRecord("key" + i, randomBytes(30));
        ends.add(records.toBytes().length);
      }
      byte[] whole = records.toBytes();
      for (int length = 0; length <= whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        if (ends.contains(length)) {
          assertEquals(ends.indexOf(length), PaxRecords.parse(cut).size(), "seed " + seed);
        } else {
          assertThrows(IllegalArgumentException.class, () -> PaxRecords.parse(cut), "seed " + seed);
        }
      }
    }
  }

  /** Whatever the bytes are, nothing but a refusal happens, and nothing is read twice. */
  @Test
  void damagedRecordsAreParsedOrRefused() {
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = bytesOf(randomRecords());
      for (int i = random.nextInt(3); i >= 0; i--) {
        int where = random.nextInt(Math.min(bytes.length, 40));
        bytes[where] = (byte) "0123456789 =\n-".charAt(random.nextInt(14));
      }
      try {
        Map<String, byte[]> parsed = PaxRecords.parse(bytes);
        int sum = parsed.values().stream().mapToInt(value -> value.length).sum();
        assertTrue(sum < bytes.length, "seed " + seed);
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertTrue(refused > 500, "only " + refused + " were refused, seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7 k=v\n", // longer than the content
        "5 k=v\n", // ends before the line feed
        "+6 k=v\n",
        "-6 k=v\n",
        " 6 k=v\n",
        "0x6 k=v\n",
        "4294967302 k=v\n", // 6 in 32 bits
        "2147483647 k=v\n",
        "6\tk=v\n",
        "6 k:v\n",
        "6 kv=\r",
        "1 ",
        "2 \n",
        "3 =\n4",
        "\n",
      })
  void malformedRecordsAreRefused(String text) {
    byte[] bytes = PaxRecords.latin1Of(text);
    assertThrows(IllegalArgumentException.class, () -> PaxRecords.parse(bytes));
  }

  /** The form 0.0 repeats two keys; no other form of records does. */
  @Test
  void offsetsAndLengthsBecomeOneMap() {
    PaxRecords records = new PaxRecords();
    records.addRecord("GNU.sparse.size", "100");
    for (String[] place : new String[][] {{"0", "3"}, {"50", "0"}, {"99", "1"}}) {
      records.addRecord("GNU.sparse.offset", place[0]);
      records.addRecord("GNU.sparse.numbytes", place[1]);
    }
    Map<String, byte[]> parsed = PaxRecords.parse(records.toBytes());
    assertEquals(List.of("GNU.sparse.size", "GNU.sparse.map"), List.copyOf(parsed.keySet()));
    assertEquals("0,3,50,0,99,1", PaxRecords.latin1Of(parsed.get("GNU.sparse.map")));
  }

  @Test
  void everyNameOfAnXattrHasAKeyOfItsOwn() {
    String alphabet = "%=253Da\u00ff";
    for (int round = 0; round < 3000; round++) {
      StringBuilder xattr = new StringBuilder("user.");
      for (int i = random.nextInt(8); i >= 0; i--) {
        xattr.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String key = PaxRecords.xattrKey(xattr.toString());
      assertFalse(key.contains("="), key);
      assertEquals(xattr.toString(), PaxRecords.xattrName(key), "seed " + seed);
    }
    assertEquals("SCHILY.xattr.user.a%3Db%25", PaxRecords.xattrKey("user.a=b%"));
  }
}
