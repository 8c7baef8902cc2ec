package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
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

  private OciImport into() {
    return OciImport.to(layer).store(new PortableLayerStore()).marks(MarkNamespace.USER);
  }

  private void refused(InputStream archive, String mentioned) throws IOException {
    OverlayException e = assertThrows(OverlayException.class, () -> into().run(archive));
    assertTrue(e.has(ProblemCode.ARCHIVE_TOO_LARGE), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] header(int flags) {
    byte[] header = new byte[10];
    header[0] = 0x1f;
    header[1] = (byte) 0x8b;
    header[2] = 8;
    header[3] = (byte) flags;
    return header;
  }

  /** An endless stream of letters that counts how many were read. */
  private static final class Endless extends InputStream {
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
  void aNameOfGzipWithoutEndIsNotReadToTheEnd(int flag) throws IOException {
    Endless name = new Endless();
    refused(
        new SequenceInputStream(new ByteArrayInputStream(header(flag)), name), "headers of gzip");
    assertTrue(name.given < OciLimits.DEFAULTS.headerBytes() * 2L, name.given + " bytes");
    Endless later = new Endless();
    byte[] first = gzip(new TarMaker().file("a", "x").open());
    InputStream second = new SequenceInputStream(new ByteArrayInputStream(header(flag)), later);
    refused(new SequenceInputStream(new ByteArrayInputStream(first), second), "headers of gzip");
    assertTrue(later.given < OciLimits.DEFAULTS.headerBytes() * 2L, later.given + " bytes");
  }

  @Test
  void membersOfNothingWithoutEndAreNotReadToTheEnd() throws IOException {
    byte[] nothing = gzip(new byte[0]);
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    while (many.size() < OciLimits.DEFAULTS.headerBytes() * 2) {
      many.write(nothing);
    }
    refused(new ByteArrayInputStream(many.toByteArray()), "headers of gzip");
  }

  @Test
  void namesAndMembersOfGzipAreTaken() throws IOException {
    byte[] archive = new TarMaker().file("a", "x".repeat(3000)).closed();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int start = 0; start < archive.length; start += 1000) {
      byte[] member =
          gzip(Arrays.copyOfRange(archive, start, Math.min(start + 1000, archive.length)));
      out.write(header(NAMED | COMMENTED));
      out.write("name\0comment\0".getBytes(US_ASCII));
      out.write(member, 10, member.length - 10);
    }
    into().run(new ByteArrayInputStream(out.toByteArray()));
    assertEquals(3000, Files.size(layer.resolve("a")));
  }

  /** A zstd frame with one raw block that declares a window. */
  private static byte[] frame(int windowLog, byte[] content) {
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
  void aWindowOfZstdThatIsTooLargeIsToldAsThat() throws IOException {
    byte[] archive = new TarMaker().file("a", "x").closed();
    byte[] packed = frame(28, archive);
    refused(new ByteArrayInputStream(packed), "window of more than 134217728 bytes");
    OciImport most = into().limits(OciLimits.DEFAULTS.withWindowBytes(1 << 28));
    assertEquals(
        OciCompression.ZSTD, most.run(new ByteArrayInputStream(packed)).blob().compression());
    OciImport least =
        OciImport.to(parent.resolve("other"))
            .store(new PortableLayerStore())
            .limits(OciLimits.DEFAULTS.withWindowBytes((1 << 20) - 1));
    byte[] small = frame(20, archive);
    OverlayException e =
        assertThrows(OverlayException.class, () -> least.run(new ByteArrayInputStream(small)));
    assertTrue(e.has(ProblemCode.ARCHIVE_TOO_LARGE), e.toString());
  }
}
