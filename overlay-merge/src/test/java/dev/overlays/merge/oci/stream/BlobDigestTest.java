package dev.overlays.merge.oci.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Random;
import org.apache.commons.io.output.NullOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests in the form of registries. */
class BlobDigestTest {

  /** Source of the digests: FIPS 180-4, examples of SHA-256. */
  @ParameterizedTest
  @CsvSource({
    "'', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq, "
        + "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  })
  void digestIsThatOfTheStandard(String text, String digest) {
    BlobDigest blob = new BlobDigest();
    blob.addBytes(text.getBytes(US_ASCII), 0, text.length());
    assertEquals(text.length(), blob.byteCount());
    assertEquals("sha256:" + digest, blob.digestText());
  }

  @Test
  void partsGiveTheDigestOfTheWhole() throws Exception {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    byte[] bytes = new byte[100_000];
    random.nextBytes(bytes);
    BlobDigest whole = new BlobDigest();
    whole.addBytes(bytes, 0, bytes.length);
    BlobDigest parts = new BlobDigest();
    try (MeasuredOutput out = new MeasuredOutput(NullOutputStream.INSTANCE, parts)) {
      for (int start = 0; start < bytes.length; ) {
        int length = Math.min(random.nextInt(300), bytes.length - start);
        if (length == 1) {
          out.write(bytes[start]);
        } else {
          out.write(bytes, start, length);
        }
        start += length;
        assertEquals(start, parts.byteCount());
      }
    }
    assertEquals(whole.digestText(), parts.digestText(), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "md5:1", "SHA256:%s", "sha512:%s", " sha256:%s", "%s"})
  void otherTextIsNoDigest(String text) {
    String digits = "0123456789abcdef".repeat(4);
    assertTrue(BlobDigest.isDigest("sha256:" + digits));
    assertFalse(BlobDigest.isDigest(text.formatted(digits)));
    for (String wrong :
        new String[] {digits + "0", digits.substring(1), digits.toUpperCase(Locale.ROOT)}) {
      assertFalse(BlobDigest.isDigest("sha256:" + wrong), wrong);
    }
    assertFalse(BlobDigest.isDigest("sha256:" + digits + "\n"));
  }
}
