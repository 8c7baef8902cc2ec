package dev.overlays.merge.oci.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.TarBuilder;
import dev.overlays.merge.oci.value.OciLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of our own writer and of another one, whole, cut and damaged. */
class TarReaderTest {
  private static final int BLOCK_SIZE = TarBuilder.BLOCK_SIZE;
  private static final int MOST_PADDING = 1 << 20;

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private OciLimits limits = OciLimits.DEFAULTS;

  private TarReader readerOf(InputStream archive) {
    return new TarReader(archive, new ArchiveRefusals(Path.of("target")), limits);
  }

  private TarReader readerOf(byte[] archive) {
    return readerOf(new ByteArrayInputStream(archive));
  }

  /** Reads entries into a list, so that those before a failure are known, too. */
  private static void readInto(List<String> lines, TarReader reader) throws IOException {
    for (TarEntry entry = reader.nextEntry(); entry != null; entry = reader.nextEntry()) {
      lines.add(RandomTarEntries.describe(entry, reader.entryData().readAllBytes()));
    }
  }

  private List<String> readAll(InputStream archive) throws IOException {
    List<String> lines = new ArrayList<>();
    readInto(lines, readerOf(archive));
    return lines;
  }

  private static OverlayException refusalOf(TarReader reader) {
    return assertThrows(OverlayException.class, () -> readInto(new ArrayList<>(), reader));
  }

  private void assertBroken(byte[] archive, String mentioned) {
    OverlayException e = refusalOf(readerOf(archive));
    assertEquals(ProblemCode.ARCHIVE_BROKEN, e.problems().get(0).code(), e::toString);
    assertTrue(e.getMessage().contains(mentioned), e::toString);
  }

  /** A stream that gives some bytes, but seldom all that are asked for. */
  private InputStream slowInput(byte[] bytes) {
    InputStream all = new ByteArrayInputStream(bytes);
    return new InputStream() {
      @Override
      public int read() throws IOException {
        return all.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return all.read(target, offset, Math.min(length, 1 + random.nextInt(400)));
      }

      @Override
      public long skip(long count) throws IOException {
        return all.skip(Math.min(count, random.nextInt(300)));
      }
    };
  }

  @Test
  void everythingThatWasWrittenIsRead() throws IOException {
    for (int round = 0; round < 100; round++) {
      RandomTarEntries written = new RandomTarEntries(random).addEntries(12, true);
      byte[] archive = written.writeArchive();
      assertEquals(
          written.describeEntries(), readAll(new ByteArrayInputStream(archive)), "seed " + seed);
      assertEquals(written.describeEntries(), readAll(slowInput(archive)), "seed " + seed);
    }
  }

  @Test
  void dataThatNobodyReadsIsSkipped() throws IOException {
    RandomTarEntries written = new RandomTarEntries(random).addEntries(40, true);
    TarReader reader = readerOf(slowInput(written.writeArchive()));
    for (int i = 0; i < written.entries().size(); i++) {
      TarEntry entry = reader.nextEntry();
      assertEquals(written.entries().get(i).path(), entry.path(), "seed " + seed);
      byte[] start = reader.entryData().readNBytes(random.nextInt(1000));
      byte[] data = written.dataOf(i);
      assertTrue(Arrays.equals(start, Arrays.copyOf(data, start.length)), "seed " + seed);
    }
    assertNull(reader.nextEntry());
  }

  @Test
  void dataEndsWithItsEntry() throws IOException {
    byte[] archive = new TarBuilder().addFile("a", "12").addFile("b", "3").completeBytes();
    TarReader reader = readerOf(archive);
    assertNotNull(reader.nextEntry());
    InputStream data = reader.entryData();
    assertEquals('1', data.read());
    assertEquals('2', data.read());
    assertEquals(-1, data.read());
    assertEquals(-1, data.read(new byte[10]));
  }

  /** An archive is complete with the first of its two zero blocks; some tools write one only. */
  @Test
  void everyCutBeforeTheEndIsNoticed() throws IOException {
    RandomTarEntries written = new RandomTarEntries(random).addEntries(5, true);
    byte[] whole = written.writeArchive();
    List<String> all = written.describeEntries();
    int end = whole.length;
    while (whole[end - 1] == 0) {
      end--;
    }
    end = (end + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE + BLOCK_SIZE;
    // The data of the last file may end with zeros.
    assertTrue(end <= whole.length && all.size() == 5, "seed " + seed);
    for (int length = 0; length < whole.length; length++) {
      List<String> before = new ArrayList<>();
      TarReader reader = readerOf(Arrays.copyOf(whole, length));
      try {
        readInto(before, reader);
        assertEquals(all, before, "complete at " + length + ", seed " + seed);
        assertTrue(length >= end, "cut at " + length + " of " + end + ", seed " + seed);
      } catch (OverlayException e) {
        assertTrue(length < whole.length - BLOCK_SIZE, e + ", seed " + seed);
        assertEquals(ProblemCode.ARCHIVE_BROKEN, e.problems().get(0).code(), "seed " + seed);
        assertEquals(all.subList(0, before.size()), before, "seed " + seed);
      }
    }
  }

  /** With data that is skipped, the cut is noticed at the next header at the latest. */
  @Test
  void cutInSkippedDataIsNoticed() {
    byte[] whole = new TarBuilder().addFile("a", "x".repeat(700)).bytesWithoutEnd();
    for (int length = BLOCK_SIZE; length < whole.length; length++) {
      TarReader reader = readerOf(Arrays.copyOf(whole, length));
      assertThrows(
          OverlayException.class,
          () -> {
            assertEquals(700, reader.nextEntry().size());
            reader.nextEntry();
          });
    }
  }

  @Test
  void damageIsRefusedOrGivesOtherEntries() throws IOException {
    int refused = 0;
    for (int round = 0; round < 1500; round++) {
      byte[] archive = new RandomTarEntries(random).addEntries(3, true).writeArchive();
      for (int i = random.nextInt(4); i >= 0; i--) {
        archive[random.nextInt(archive.length)] = (byte) random.nextInt(256);
      }
      try {
        readAll(new ByteArrayInputStream(archive));
      } catch (OverlayException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertTrue(refused > 300, refused + " refused, seed " + seed);
  }

  /** The forms for long names and large numbers that tools choose from. */
  @ParameterizedTest
  @CsvSource({
    TarArchiveOutputStream.LONGFILE_GNU + ", " + TarArchiveOutputStream.BIGNUMBER_STAR,
    TarArchiveOutputStream.LONGFILE_GNU + ", " + TarArchiveOutputStream.BIGNUMBER_POSIX,
    TarArchiveOutputStream.LONGFILE_POSIX + ", " + TarArchiveOutputStream.BIGNUMBER_STAR,
    TarArchiveOutputStream.LONGFILE_POSIX + ", " + TarArchiveOutputStream.BIGNUMBER_POSIX
  })
  void archivesOfCommonsCompressAreRead(int longNames, int bigNumbers) throws IOException {
    for (int round = 0; round < 30; round++) {
      RandomTarEntries expected = new RandomTarEntries(random).addEntries(10, false);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TarArchiveOutputStream archive = new TarArchiveOutputStream(out, UTF_8.name())) {
        archive.setLongFileMode(longNames);
        archive.setBigNumberMode(bigNumbers);
        for (int i = 0; i < expected.entries().size(); i++) {
          archive.putArchiveEntry(foreignEntry(expected.entries().get(i)));
          archive.write(expected.dataOf(i));
          archive.closeArchiveEntry();
        }
      }
      TarReader reader = readerOf(out.toByteArray());
      for (int i = 0; i < expected.entries().size(); i++) {
        TarEntry entry = reader.nextEntry();
        assertSame(expected.entries().get(i), entry);
        assertTrue(Arrays.equals(expected.dataOf(i), reader.entryData().readAllBytes()));
      }
      assertNull(reader.nextEntry(), "seed " + seed);
    }
  }

  private static TarArchiveEntry foreignEntry(TarEntry entry) {
    String path = new String(entry.path().toBytes(), UTF_8);
    TarArchiveEntry header = new TarArchiveEntry(path, entry.kind().typeFlag(), true);
    header.setMode(entry.mode());
    header.setSize(entry.size());
    header.setUserId(Integer.toUnsignedLong(entry.owner()));
    header.setGroupId(Integer.toUnsignedLong(entry.group()));
    header.setLastModifiedTime(FileTime.from(entry.modified()));
    header.setLinkName(new String(entry.target().toBytes(), UTF_8));
    header.setDevMajor(entry.deviceMajor());
    header.setDevMinor(entry.deviceMinor());
    return header;
  }

  private void assertSame(TarEntry expected, TarEntry entry) {
    assertEquals(expected.path(), entry.path(), "seed " + seed);
    assertEquals(expected.kind(), entry.kind(), "seed " + seed);
    assertEquals(expected.target(), entry.target(), "seed " + seed);
    assertEquals(expected.mode(), entry.mode(), "seed " + seed);
    assertEquals(expected.owner(), entry.owner(), "seed " + seed);
    assertEquals(expected.group(), entry.group(), "seed " + seed);
    assertEquals(expected.size(), entry.size(), "seed " + seed);
    assertEquals(expected.deviceMajor(), entry.deviceMajor(), "seed " + seed);
    assertEquals(expected.deviceMinor(), entry.deviceMinor(), "seed " + seed);
    // These headers have whole seconds, or an extended header with the fraction.
    assertEquals(
        expected.modified().getEpochSecond(), entry.modified().getEpochSecond(), "seed " + seed);
  }

  /** Tools fill the last record, with zeros only. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, BLOCK_SIZE, 10_240, MOST_PADDING})
  void zerosBehindTheEndAreAcceptedUpToALimit(int zeros) throws IOException {
    byte[] first =
        new TarBuilder().addFile("a", "x").addBytes(new byte[BLOCK_SIZE]).bytesWithoutEnd();
    byte[] archive = Arrays.copyOf(first, first.length + zeros);
    assertEquals(1, readAll(new ByteArrayInputStream(archive)).size());
    byte[] more = Arrays.copyOf(archive, first.length + MOST_PADDING + 1);
    assertBroken(more, "data follows its end");
    archive[archive.length - 1] = zeros == 0 ? 0 : (byte) 1;
    if (zeros > 0) {
      assertBroken(archive, "data follows its end");
    }
  }

  @Test
  void headersOfAnEntryMayHaveExactlyTheLimit() throws IOException {
    String name = "n".repeat(99);
    byte[] half = (name + "\0").getBytes(UTF_8);
    TarBuilder tar =
        new TarBuilder()
            .addEntry("L", 'L', "", half, h -> {})
            .addEntry("K", 'K', "", half, h -> {})
            .addSymlink("s", "t");
    byte[] archive = tar.addBytes(tar.bytesWithoutEnd()).completeBytes();
    limits = limitHeaders(200);
    TarReader reader = readerOf(archive);
    assertEquals(RawPath.of(name), reader.nextEntry().target());
    assertEquals(RawPath.of(name), reader.nextEntry().path(), "each entry has its own limit");
    limits = limitHeaders(199);
    assertTrue(refusalOf(readerOf(archive)).has(ProblemCode.ARCHIVE_TOO_LARGE));
  }

  private static OciLimits limitHeaders(int bytes) {
    OciLimits all = OciLimits.DEFAULTS;
    return new OciLimits(
        all.entries(),
        all.totalBytes(),
        all.fileBytes(),
        all.ratio(),
        all.depth(),
        all.pathBytes(),
        bytes,
        all.windowBytes());
  }

  /** Four for each entry that is allowed: global headers are no entries. */
  @Test
  void numberOfHeadersIsLimited() throws IOException {
    limits = limits.withEntries(2);
    TarBuilder tar = new TarBuilder();
    for (int i = 0; i < 7; i++) {
      tar.addEntry("g", 'g', "", "13 comment=x\n".getBytes(UTF_8), h -> {});
    }
    byte[] most = tar.addFile("a", "").bytesWithoutEnd();
    assertEquals(
        1, readAll(new ByteArrayInputStream(Arrays.copyOf(most, most.length + 1024))).size());
    byte[] more = tar.addFile("b", "").completeBytes();
    assertTrue(refusalOf(readerOf(more)).has(ProblemCode.ARCHIVE_TOO_LARGE));
  }

  /** GNU tar's name, star's and POSIX's prefix: commons-compress joins it with the name. */
  @Test
  void prefixOfPosixHeadersIsPartOfThePath() throws IOException {
    byte[] prefix = new byte[BLOCK_SIZE];
    System.arraycopy("some/where".getBytes(UTF_8), 0, prefix, 345, 10);
    byte[] archive =
        new TarBuilder().addHeader("name", '0', 0, prefix, block -> {}).completeBytes();
    assertEquals(RawPath.of("some/where/name"), readerOf(archive).nextEntry().path());
  }

  @Test
  void fileThatEndsWithASlashIsADirectory() throws IOException {
    byte[] archive = new TarBuilder().addFile("old/", "").completeBytes();
    assertEquals(TarKind.DIRECTORY, readerOf(archive).nextEntry().kind());
  }
}
