package dev.overlays.merge.oci.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.run.TaskHelpers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Compression and its detection. */
class CompressionStreamsTest {
  private static final ArchiveRefusals REFUSALS = new ArchiveRefusals(Path.of("target"));

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);

  /** Half of it can be compressed. */
  private byte[] randomBytes() {
    byte[] bytes = new byte[random.nextInt(4) * random.nextInt(70_000)];
    random.nextBytes(bytes);
    Arrays.fill(bytes, 0, bytes.length / 2, (byte) 'x');
    return bytes;
  }

  private static OutputStream openPacked(OutputStream out, OciCompression compression)
      throws IOException {
    return CompressionStreams.openPacked(out, compression, new TaskHelpers(1));
  }

  private byte[] pack(byte[] bytes, OciCompression compression) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packing = openPacked(out, compression)) {
      for (int start = 0; start < bytes.length; ) {
        int length = Math.min(1 + random.nextInt(10_000), bytes.length - start);
        packing.write(bytes, start, length);
        start += length;
      }
    }
    return out.toByteArray();
  }

  private static byte[] unpack(byte[] packed) throws IOException {
    PushbackInputStream in = CompressionStreams.bufferInput(new ByteArrayInputStream(packed));
    OciCompression compression = CompressionStreams.detectCompression(in);
    try (InputStream unpacked =
        CompressionStreams.openUnpacked(in, compression, OciLimits.DEFAULTS, REFUSALS)) {
      return unpacked.readAllBytes();
    }
  }

  @ParameterizedTest
  @EnumSource
  void packedBytesAreDetectedAndComeBack(OciCompression compression) throws IOException {
    for (int round = 0; round < 30; round++) {
      byte[] bytes = randomBytes();
      byte[] packed = pack(bytes, compression);
      assertArrayEquals(bytes, unpack(packed), "seed " + seed);
      assertArrayEquals(packed, pack(bytes, compression), "other bytes, seed " + seed);
    }
  }

  /** Registries and builders write several, for instance to read from the middle. */
  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void membersAreUnpackedOneAfterTheOther(OciCompression compression) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (int i = 0; i < 5; i++) {
      byte[] bytes = i == 2 ? new byte[0] : randomBytes();
      all.write(bytes);
      packed.write(pack(bytes, compression));
    }
    assertArrayEquals(all.toByteArray(), unpack(packed.toByteArray()), "seed " + seed);
  }

  /** Such as the table of contents of stargz, which others must skip. Source: RFC 8878. */
  @Test
  void skippableFramesOfZstdAreSkipped() throws IOException {
    byte[] bytes = randomBytes();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    packed.write(HexFormat.of().parseHex("5a2a4d1803000000010203"));
    packed.write(pack(bytes, OciCompression.ZSTD));
    packed.write(HexFormat.of().parseHex("502a4d1800000000"));
    assertArrayEquals(bytes, unpack(packed.toByteArray()), "seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({
    "'', NONE",
    "1f, NONE",
    "1f8b, GZIP",
    "1f8b0800, GZIP",
    "8b1f0000, NONE",
    "28b52ffd, ZSTD",
    "28b52f, NONE",
    "28b52ffe, NONE",
    "502a4d18, ZSTD",
    "5f2a4d18, ZSTD",
    "602a4d18, NONE",
    "4f2a4d18, NONE",
    "502a4d17, NONE",
    "425a6839, NONE",
    "fd377a58, NONE",
    "00000000, NONE"
  })
  void firstBytesTellTheCompressionAndAreNotLost(String hex, OciCompression compression)
      throws IOException {
    byte[] start = HexFormat.of().parseHex(hex);
    PushbackInputStream in = CompressionStreams.bufferInput(new ByteArrayInputStream(start));
    assertEquals(compression, CompressionStreams.detectCompression(in));
    assertArrayEquals(start, in.readAllBytes());
  }

  /** No time, no name, and no system: the same layer gives the same bytes everywhere. */
  @Test
  void gzipHasAPlainHeader() throws IOException {
    byte[] bytes = randomBytes();
    byte[] packed = pack(bytes, OciCompression.GZIP);
    byte[] header = Arrays.copyOf(packed, 9);
    assertEquals("1f8b08000000000000", HexFormat.of().formatHex(header));
    try (InputStream jdk = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      assertArrayEquals(bytes, jdk.readAllBytes(), "seed " + seed);
    }
  }

  /** Source of the bits: RFC 8878, "Frame_Header_Descriptor". */
  @Test
  void zstdHasOneFrameWithAChecksum() throws IOException {
    byte[] bytes = new byte[300_000];
    random.nextBytes(bytes);
    byte[] packed = pack(bytes, OciCompression.ZSTD);
    assertEquals(4, packed[4] & 4, "the checksum flag");
    byte[] unpacked = new byte[bytes.length];
    assertEquals(bytes.length, Zstd.decompress(unpacked, packed));
    assertArrayEquals(bytes, unpacked, "seed " + seed);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void damageIsNoticed(OciCompression compression) throws IOException {
    byte[] bytes = new byte[20_000];
    random.nextBytes(bytes);
    byte[] packed = pack(bytes, compression);
    for (int round = 0; round < 100; round++) {
      byte[] damaged = packed.clone();
      // Behind the header, of which some bits say nothing about the data.
      damaged[12 + random.nextInt(packed.length - 12)] ^= (byte) (1 << random.nextInt(8));
      assertThrows(IOException.class, () -> unpack(damaged), "seed " + seed);
    }
    for (int length = 4; length < packed.length; length += 1 + random.nextInt(200)) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThrows(IOException.class, () -> unpack(cut), length + " bytes, seed " + seed);
    }
  }

  /** The stream of an uncompressed archive is the caller's own; that of a compressed one is not. */
  @Test
  void closingWritesTheEndOfTheCompressedBytes() throws IOException {
    for (OciCompression compression : OciCompression.values()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OutputStream packing = openPacked(out, compression);
      packing.write(new byte[100]);
      int before = out.size();
      packing.close();
      assertTrue(compression == OciCompression.NONE || out.size() > before, compression::name);
      assertEquals(100, unpack(out.toByteArray()).length);
    }
  }
}
