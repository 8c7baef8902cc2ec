package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that a compressed archive can demand: for gzip names and for zstd windows. */
class PackedArchiveTest {
  private static final int NAMED = 8;
  private static final int COMMENTED = 16;

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final Path parent = fileSystem.getPath("/parent");
  private final Path layer = parent.resolve("layer");

  @BeforeEach
  void makeParent() throws IOException {
    Files.createDirectory(parent);
  }

  private OciImport importIntoLayer() {
    return OciImport.to(layer).store(new PortableLayerStore()).marks(MarkNamespace.USER);
  }

  private void assertTooLarge(InputStream archive, String mentioned) throws IOException {
    OverlayException e = assertThrows(OverlayException.class, () -> importIntoLayer().run(archive));
    assertTrue(e.has(ProblemCode.ARCHIVE_TOO_LARGE), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static byte[] gzipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] gzipHeader(int flags) {
    byte[] header = new byte[10];
    header[0] = 0x1f;
    header[1] = (byte) 0x8b;
    header[2] = 8;
    header[3] = (byte) flags;
    return header;
  }

  /** An endless stream of letters that counts how many were read. */
  private static final class EndlessInput extends InputStream {
    private long given;

    @Override
    public int read() {
      given++;
      return 'n';
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      Arrays.fill(bytes, offset, offset + length, (byte) 'n');
      given += length;
      return length;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {NAMED, COMMENTED})
  void endlessGzipNameIsRefused(int flag) throws IOException {
    EndlessInput name = new EndlessInput();
    assertTooLarge(
        new SequenceInputStream(new ByteArrayInputStream(gzipHeader(flag)), name),
        "headers of gzip");
    assertTrue(name.given < OciLimits.DEFAULTS.headerBytes() * 2L, name.given + " bytes");
    EndlessInput later = new EndlessInput();
    byte[] first = gzipped(new TarBuilder().addFile("a", "x").bytesWithoutEnd());
    InputStream second = new SequenceInputStream(new ByteArrayInputStream(gzipHeader(flag)), later);
    assertTooLarge(
        new SequenceInputStream(new ByteArrayInputStream(first), second), "headers of gzip");
    assertTrue(later.given < OciLimits.DEFAULTS.headerBytes() * 2L, later.given + " bytes");
  }

  @Test
  void endlessEmptyGzipMembersAreRefused() throws IOException {
    byte[] nothing = gzipped(new byte[0]);
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    while (many.size() < OciLimits.DEFAULTS.headerBytes() * 2) {
      many.write(nothing);
    }
    assertTooLarge(new ByteArrayInputStream(many.toByteArray()), "headers of gzip");
  }

  @Test
  void gzipNamesAndSeveralMembersAreAccepted() throws IOException {
    byte[] archive = new TarBuilder().addFile("a", "x".repeat(3000)).completeBytes();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int start = 0; start < archive.length; start += 1000) {
      byte[] member =
          gzipped(Arrays.copyOfRange(archive, start, Math.min(start + 1000, archive.length)));
      out.write(gzipHeader(NAMED | COMMENTED));
      out.write("name\0comment\0".getBytes(US_ASCII));
      out.write(member, 10, member.length - 10);
    }
    importIntoLayer().run(new ByteArrayInputStream(out.toByteArray()));
    assertEquals(3000, Files.size(layer.resolve("a")));
  }

  /** A zstd frame with one raw block that declares a window. */
  private static byte[] zstdFrame(int windowLog, byte[] content) {
    byte[] frame = Arrays.copyOf(HexFormat.of().parseHex("28b52ffd00"), 9 + content.length);
    frame[5] = (byte) ((windowLog - 10) << 3);
    int block = content.length << 3 | 1;
    frame[6] = (byte) block;
    frame[7] = (byte) (block >> 8);
    frame[8] = (byte) (block >> 16);
    System.arraycopy(content, 0, frame, 9, content.length);
    return frame;
  }

  @Test
  void tooLargeZstdWindowIsRefusedAsTooLarge() throws IOException {
    byte[] archive = new TarBuilder().addFile("a", "x").completeBytes();
    byte[] packed = zstdFrame(28, archive);
    assertTooLarge(new ByteArrayInputStream(packed), "window of more than 134217728 bytes");
    OciImport most = importIntoLayer().limits(OciLimits.DEFAULTS.withWindowBytes(1 << 28));
    assertEquals(
        OciCompression.ZSTD, most.run(new ByteArrayInputStream(packed)).blob().compression());
    OciImport least =
        OciImport.to(parent.resolve("other"))
            .store(new PortableLayerStore())
            .limits(OciLimits.DEFAULTS.withWindowBytes((1 << 20) - 1));
    byte[] small = zstdFrame(20, archive);
    OverlayException e =
        assertThrows(OverlayException.class, () -> least.run(new ByteArrayInputStream(small)));
    assertTrue(e.has(ProblemCode.ARCHIVE_TOO_LARGE), e.toString());
  }
}
