package dev.overlays.merge.oci.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What another reader finds in the archives, and the bytes themselves. */
class TarWriterTest {
  private static final int BLOCK_SIZE = 512;

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);

  @Test
  void commonsCompressReadsTheSame() throws IOException {
    for (int round = 0; round < 60; round++) {
      RandomTarEntries written = new RandomTarEntries(random).addEntries(10, false);
      try (TarArchiveInputStream archive = read(written.writeArchive())) {
        for (int i = 0; i < written.entries().size(); i++) {
          TarArchiveEntry found = archive.getNextEntry();
          assertSame(written.entries().get(i), found);
          assertArrayEquals(written.dataOf(i), archive.readAllBytes(), "seed " + seed);
        }
        assertNull(archive.getNextEntry(), "seed " + seed);
      }
    }
  }

  private static TarArchiveInputStream read(byte[] archive) {
    return new TarArchiveInputStream(new ByteArrayInputStream(archive), UTF_8.name());
  }

  private void assertSame(TarEntry entry, TarArchiveEntry found) {
    assertNotNull(found, "seed " + seed);
    assertEquals(text(entry.path()), found.getName(), "seed " + seed);
    assertEquals(text(entry.target()), found.getLinkName(), "seed " + seed);
    assertEquals(entry.kind().typeFlag(), found.getLinkFlag());
    assertEquals(entry.mode(), found.getMode());
    assertEquals(Integer.toUnsignedLong(entry.owner()), found.getLongUserId());
    assertEquals(Integer.toUnsignedLong(entry.group()), found.getLongGroupId());
    assertEquals(entry.size(), found.getSize());
    assertEquals(entry.deviceMajor(), found.getDevMajor());
    assertEquals(entry.deviceMinor(), found.getDevMinor());
    assertEquals(entry.modified(), found.getLastModifiedTime().toInstant(), "seed " + seed);
    assertEquals("", found.getUserName(), "the name of whoever exports");
    assertEquals("", found.getGroupName(), "the name of whoever exports");
  }

  private static String text(RawPath path) {
    return new String(path.toBytes(), UTF_8);
  }

  @Test
  void sameEntriesGiveTheSameBytesOfWholeBlocksWithTwoZeroBlocks() throws IOException {
    RandomTarEntries written = new RandomTarEntries(random).addEntries(20, true);
    byte[] archive = written.writeArchive();
    assertArrayEquals(archive, written.writeArchive());
    assertEquals(0, archive.length % BLOCK_SIZE);
    byte[] end = Arrays.copyOfRange(archive, archive.length - 2 * BLOCK_SIZE, archive.length);
    assertArrayEquals(new byte[2 * BLOCK_SIZE], end);
  }

  private static TarEntry entryOf(String path, TarKind kind, long size, Instant modified) {
    return new TarEntry(
        RawPath.of(path),
        kind,
        RawPath.EMPTY_PATH,
        0644,
        0,
        0,
        size,
        null,
        0,
        0,
        modified,
        new TreeMap<>());
  }

  private static byte[] archiveOf(TarEntry entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(out);
    writer.putEntry(entry);
    writer.finishArchive();
    return out.toByteArray();
  }

  /** Every tool reads a plain header; an extended one only where it is needed. */
  @ParameterizedTest
  @CsvSource({
    "100, 0, 0, 1",
    "101, 0, 0, 3",
    "1, 1, 0, 1",
    "1, 0, 1, 3",
    "1, -1, 0, 3",
    "1, 8589934591, 0, 1",
    "1, 8589934592, 0, 3"
  })
  void extendedHeaderIsWrittenWhereAHeaderDoesNotSuffice(
      int length, long second, int nanos, int headerBlocks) throws IOException {
    TarEntry entry =
        entryOf("n".repeat(length), TarKind.FILE, 0, Instant.ofEpochSecond(second, nanos));
    assertEquals(headerBlocks * BLOCK_SIZE + 2 * BLOCK_SIZE, paddedLength(archiveOf(entry)));
  }

  /** Returns the length up to two zero blocks; the writer may fill a whole record. */
  private static int paddedLength(byte[] archive) {
    int used = archive.length;
    while (archive[used - 1] == 0) {
      used--;
    }
    return (used + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE + 2 * BLOCK_SIZE;
  }

  @Test
  void plainHeaderHasItsExactFields() throws IOException {
    byte[] header = archiveOf(entryOf("a/b", TarKind.FIFO, 0, Instant.ofEpochSecond(511)));
    assertTrue(TarUtils.verifyCheckSum(Arrays.copyOf(header, BLOCK_SIZE)));
    String text = new String(header, 0, BLOCK_SIZE, ISO_8859_1);
    assertEquals("a/b\0", text.substring(0, 4));
    assertEquals("0000644", text.substring(100, 107));
    assertEquals("00000000777", text.substring(136, 147));
    assertEquals('6', text.charAt(156));
    assertEquals("ustar\00000", text.substring(257, 265));
  }

  /** A file whose cut name ends with a slash would be read as a directory. */
  @Test
  void cutNameOfAFileEndsWithoutSlash() throws IOException {
    String path = "n".repeat(98) + "/" + "m".repeat(50);
    for (TarKind kind : new TarKind[] {TarKind.FILE, TarKind.FIFO}) {
      assertEquals("n".repeat(98) + "  ", headerName(entryOf(path, kind, 0, Instant.EPOCH)));
    }
    TarEntry directory = entryOf(path + "/", TarKind.DIRECTORY, 0, Instant.EPOCH);
    assertEquals("n".repeat(98) + "/ ", headerName(directory));
  }

  private static String headerName(TarEntry entry) throws IOException {
    return new String(archiveOf(entry), 2 * BLOCK_SIZE, 100, ISO_8859_1).replace('\0', ' ');
  }

  /** POSIX: values are UTF-8 unless hdrcharset says that they are not. */
  @Test
  void pathThatIsNoTextIsMarkedAsBinary() throws IOException {
    byte[] path = ("n".repeat(120) + '\u00ff').getBytes(ISO_8859_1);
    TarEntry plain = entryOf("x", TarKind.FILE, 0, Instant.EPOCH);
    TarEntry entry =
        new TarEntry(
            RawPath.of(path),
            TarKind.FILE,
            RawPath.EMPTY_PATH,
            0,
            0,
            0,
            0,
            null,
            0,
            0,
            plain.modified(),
            plain.xattrs());
    String records = new String(archiveOf(entry), BLOCK_SIZE, BLOCK_SIZE, ISO_8859_1);
    assertTrue(records.startsWith("21 hdrcharset=BINARY\n131 path=" + "n".repeat(120)), records);
    TarEntry text = entryOf("\u00e4".repeat(60), TarKind.FILE, 0, Instant.EPOCH);
    assertFalse(new String(archiveOf(text), ISO_8859_1).contains("hdrcharset"));
  }

  /** The size is in the header already: a file that changes meanwhile has to be noticed. */
  @Test
  void dataOfAnotherLengthThanTheSizeIsReported() throws IOException {
    for (int size : new int[] {0, 1, 1000, 70_000}) {
      for (int length : new int[] {0, 1, 999, 1000, 1001, 69_999, 70_000, 70_001}) {
        TarWriter writer = new TarWriter(new ByteArrayOutputStream());
        TarEntry entry = entryOf("file", TarKind.FILE, size, Instant.EPOCH);
        assertEquals(
            size == length, writer.putEntry(entry, new ByteArrayInputStream(new byte[length])));
      }
    }
  }

  /** 8 GiB and more do not fit into octal digits; the header has the binary form as well. */
  @Test
  void hugeSizeIsInTheRecordsAndInTheHeader() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long size = 1L << 33;
    assertFalse(
        new TarWriter(out)
            .putEntry(
                entryOf("huge", TarKind.FILE, size, Instant.EPOCH),
                new ByteArrayInputStream(new byte[0])));
    byte[] archive = out.toByteArray();
    assertTrue(new String(archive, BLOCK_SIZE, 40, ISO_8859_1).startsWith("19 size=8589934592\n"));
    assertEquals(size, HeaderNumber.parse(archive, 2 * BLOCK_SIZE + 124, 12));
  }
}
