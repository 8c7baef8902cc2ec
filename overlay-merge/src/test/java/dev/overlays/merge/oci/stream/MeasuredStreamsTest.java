package dev.overlays.merge.oci.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams that pass bytes on, and what they know of them. */
class MeasuredStreamsTest {
  private static final ArchiveRefusals REFUSALS = new ArchiveRefusals(Path.of("target"));
  private static final int ALWAYS_ALLOWED = 64 << 20;

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private final BlobDigest digest = new BlobDigest();

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String digestOf(byte[] bytes, int length) {
    BlobDigest blob = new BlobDigest();
    blob.addBytes(bytes, 0, length);
    return blob.digestText();
  }

  /** Whoever reads may read bytes, arrays, or skip: all of it is the archive. */
  @Test
  void everythingThatIsReadIsMeasuredAndNothingElse() throws IOException {
    byte[] bytes = randomBytes(50_000);
    MeasuredInput in = new MeasuredInput(new ByteArrayInputStream(bytes), digest);
    int read = 0;
    while (read < 40_000) {
      byte[] target = new byte[1000];
      int length = random.nextInt(900);
      int count =
          switch (random.nextInt(3)) {
            case 0 -> {
              assertEquals(bytes[read] & 0xff, in.read());
              yield 1;
            }
            case 1 -> (int) in.skip(length);
            default -> in.read(target, 50, length);
          };
      if (target[50] != 0) {
        byte[] given = Arrays.copyOfRange(target, 50, 50 + count);
        assertArrayEquals(Arrays.copyOfRange(bytes, read, read + count), given, "seed " + seed);
      }
      read += count;
      assertEquals(read, digest.byteCount(), "seed " + seed);
    }
    assertEquals(digestOf(bytes, read), digest.digestText(), "seed " + seed);
  }

  @Test
  void endOfTheInputCountsNothing() throws IOException {
    MeasuredInput in = new MeasuredInput(new ByteArrayInputStream(new byte[3]), digest);
    assertEquals(3, in.readAllBytes().length);
    assertEquals(-1, in.read());
    assertEquals(-1, in.read(new byte[5]));
    assertEquals(3, digest.byteCount());
    assertNull(in.readFailure());
  }

  /** Decompressors turn any failure into one of their own; this tells whose it was. */
  @Test
  void failureOfTheInputIsRemembered() throws IOException {
    IOException failure = new IOException("the line is dead");
    MeasuredInput in = new MeasuredInput(failingAfter(2, failure), digest);
    assertEquals(2, in.read(new byte[10]));
    assertSame(failure, assertThrows(IOException.class, in::read));
    assertSame(failure, in.readFailure());
    assertEquals(2, digest.byteCount());
  }

  private static InputStream failingAfter(int bytes, IOException failure) {
    return new InputStream() {
      private int left = bytes;

      @Override
      public int read() throws IOException {
        throw failure;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = Math.min(left, length);
        left -= count;
        return count > 0 ? count : read();
      }
    };
  }

  @Test
  void readingIsLimitedUntilItHasAResult() throws IOException {
    MeasuredInput in = new MeasuredInput(new ByteArrayInputStream(new byte[1000]), digest);
    in.limitIdle(100, REFUSALS);
    byte[] buffer = new byte[101];
    assertEquals(100, in.readNBytes(buffer, 0, 100));
    in.markUsed();
    assertEquals(101, in.readNBytes(buffer, 0, 101));
    OverlayException e = assertThrows(OverlayException.class, in::read);
    assertTrue(e.has(ProblemCode.ARCHIVE_TOO_LARGE), e::toString);
    assertNull(in.readFailure(), "the refusal is no failure of the input");
    assertEquals(201, digest.byteCount());
  }

  @Test
  void outputIsFlushedThroughAndNeverClosed() throws IOException {
    StringBuilder calls = new StringBuilder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OutputStream inner =
        new OutputStream() {
          @Override
          public void write(int b) {
            bytes.write(b);
          }

          @Override
          public void flush() {
            calls.append("flush ");
          }

          @Override
          public void close() {
            calls.append("close ");
          }
        };
    byte[] data = randomBytes(300);
    try (MeasuredOutput out = new MeasuredOutput(inner, digest)) {
      out.write(data, 10, 200);
      out.write(data[0]);
      out.flush();
    }
    assertEquals("flush ", calls.toString());
    byte[] expected = Arrays.copyOfRange(data, 10, 211);
    expected[200] = data[0];
    assertArrayEquals(expected, bytes.toByteArray());
    assertEquals(digestOf(expected, 201), digest.digestText(), "seed " + seed);
  }

  /** Unpacked bytes of which the packed ones were already read by somebody else. */
  private UnpackedInput unpackedOf(InputStream in, int packedBytes, long ratio) throws IOException {
    BlobDigest packedDigest = new BlobDigest();
    MeasuredInput packed =
        new MeasuredInput(new ByteArrayInputStream(new byte[packedBytes]), packedDigest);
    packed.readAllBytes();
    return new UnpackedInput(in, packed, packedDigest, digest, REFUSALS, ratio);
  }

  private static InputStream zeros(long count) {
    return new InputStream() {
      private long left = count;

      @Override
      public int read() {
        return left-- > 0 ? 0 : -1;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        int given = (int) Math.min(left, length);
        left -= given;
        return given == 0 ? -1 : given;
      }
    };
  }

  /** A hundred bytes may become anything up to this size, and then a hundred times themselves. */
  @Test
  void ratioIsCheckedBeyondTheSizeThatIsAlwaysAllowed() throws IOException {
    int packed = ALWAYS_ALLOWED / 100;
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = unpackedOf(zeros(ALWAYS_ALLOWED + (1L << 20)), 100, 10)) {
      for (int i = 0; i < 64; i++) {
        assertEquals(buffer.length, in.readNBytes(buffer, 0, buffer.length));
      }
      assertEquals(ALWAYS_ALLOWED, digest.byteCount());
      OverlayException e = assertThrows(OverlayException.class, () -> in.read(buffer));
      assertTrue(e.has(ProblemCode.ARCHIVE_TOO_LARGE), e::toString);
      assertTrue(e.getMessage().contains("more than 10 times"), e::toString);
    }
    BlobDigest other = new BlobDigest();
    BlobDigest packedDigest = new BlobDigest();
    MeasuredInput all = new MeasuredInput(zeros(packed), packedDigest);
    all.skipNBytes(packed);
    InputStream in =
        new UnpackedInput(zeros(Long.MAX_VALUE), all, packedDigest, other, REFUSALS, 101);
    assertThrows(
        OverlayException.class,
        () -> {
          while (true) {
            in.skipNBytes(packed / 7);
          }
        });
    long last = 102L * packed;
    assertTrue(Math.abs(other.byteCount() - last) <= packed, other.byteCount() + " bytes");
  }

  /** Damage is the archive's fault, a dead line is not, and a refusal is one already. */
  @Test
  void failuresAreToldApart() throws IOException {
    IOException failure = new IOException("bad block");
    InputStream damaged = unpackedOf(failingAfter(1, failure), 1, 10);
    assertEquals(1, damaged.read(new byte[10]));
    OverlayException broken = assertThrows(OverlayException.class, damaged::read);
    assertTrue(broken.has(ProblemCode.ARCHIVE_BROKEN), broken::toString);
    assertTrue(broken.getMessage().contains("bad block"), broken::toString);

    IOException dead = new IOException("dead line");
    MeasuredInput line = new MeasuredInput(failingAfter(0, dead), new BlobDigest());
    assertThrows(IOException.class, line::read);
    InputStream cut =
        new UnpackedInput(
            failingAfter(0, failure), line, new BlobDigest(), new BlobDigest(), REFUSALS, 10);
    assertSame(dead, assertThrows(IOException.class, cut::read));

    OverlayException refusal = REFUSALS.tooLarge("window");
    InputStream refusing = unpackedOf(failingAfter(0, refusal), 1, 10);
    assertSame(refusal, assertThrows(OverlayException.class, refusing::read));
  }

  /** Each result allows as many idle bytes again. */
  @Test
  void unpackedBytesAreAResult() throws IOException {
    BlobDigest packedDigest = new BlobDigest();
    MeasuredInput packed = new MeasuredInput(zeros(1000), packedDigest);
    packed.limitIdle(10, REFUSALS);
    UnpackedInput in = new UnpackedInput(packed, packed, packedDigest, digest, REFUSALS, 10);
    assertEquals(1000, in.readNBytes(1000).length, "one for one");
    assertEquals(1000, digest.byteCount());
  }
}
