package dev.overlays.merge.oci.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Paths as bytes, and as text for people. */
class RawPathTest {

  @Test
  void pathsAreEqualByTheirBytes() {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    Set<String> different = new HashSet<>();
    Set<RawPath> paths = new HashSet<>();
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[random.nextInt(3)];
      random.nextBytes(bytes);
      different.add(Arrays.toString(bytes));
      paths.add(RawPath.of(bytes));
      assertEquals(RawPath.of(bytes), RawPath.of(bytes.clone()), "seed " + seed);
    }
    assertEquals(different.size(), paths.size(), "seed " + seed);
  }

  /** Both are invalid in UTF-8, and would be the same text. */
  @Test
  void differentInvalidBytesAreDifferentPaths() {
    assertNotEquals(RawPath.of(new byte[] {(byte) 0xff}), RawPath.of(new byte[] {(byte) 0xfe}));
    assertEquals(RawPath.of("\u00e4"), RawPath.of("\u00e4".getBytes(UTF_8)));
  }

  @Test
  void laterChangesOfTheArraysChangeNoPath() {
    byte[] bytes = {'a', 'b'};
    RawPath path = RawPath.of(bytes);
    bytes[0] = 'x';
    path.toBytes()[1] = 'y';
    assertArrayEquals(new byte[] {'a', 'b'}, path.toBytes());
    assertEquals(2, path.byteLength());
  }

  @Test
  void onlyALastSlashCounts() {
    assertTrue(RawPath.of("a/").endsWithSlash());
    assertTrue(RawPath.of("/").endsWithSlash());
    assertFalse(RawPath.of("a/b").endsWithSlash());
    assertFalse(RawPath.of("").endsWithSlash());
  }

  /** Names of archives must not move the cursor of a terminal or fill a log. */
  @Test
  void textIsQuotedCutAndWithoutControlCharacters() {
    assertEquals("\"a?[31m?b\"", RawPath.of("a\u001b[31m\nb").toString());
    assertEquals("\"\ufffd\"", RawPath.of(new byte[] {(byte) 0xff}).toString());
    assertEquals('"' + "n".repeat(200) + '"', RawPath.of("n".repeat(200)).toString());
    assertEquals('"' + "n".repeat(200) + "...\"", RawPath.of("n".repeat(4000)).toString());
  }
}
