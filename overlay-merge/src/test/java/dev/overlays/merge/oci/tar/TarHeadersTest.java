package dev.overlays.merge.oci.tar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that are written and parsed without commons-compress are what it writes and parses. */
class TarHeadersTest {
  private static final int BLOCK_SIZE = 512;
  private static final int RANDOM_CASES = 20_000;
  private static final ZipEncoding BYTE_ENCODING =
      ZipEncodingHelper.getZipEncoding(StandardCharsets.ISO_8859_1.name());

  private static final List<TarKind> KINDS = List.of(TarKind.values());
  private static final long[] SIZES = {0, 1, 511, 512, 077777777777L, 0100000000000L, 1L << 40};
  private static final int[] IDS = {0, 1, 1000, 07777777, 010000000, -2};
  private static final Instant[] TIMES = {
    Instant.EPOCH,
    Instant.ofEpochSecond(1, 1),
    Instant.ofEpochSecond(-1, 500_000_000),
    Instant.ofEpochSecond(-1),
    Instant.ofEpochSecond(1_764_000_000, 120_000_000),
    Instant.ofEpochSecond(077777777777L),
    Instant.ofEpochSecond(0100000000000L),
    Instant.ofEpochSecond(077777777777L, 999_999_999)
  };

  private static long pickNumber(Random random, long[] numbers) {
    return numbers[random.nextInt(numbers.length)];
  }

  private static RawPath randomPath(Random random) {
    int length = random.nextInt(4) == 0 ? 90 + random.nextInt(60) : 1 + random.nextInt(20);
    byte[] path = new byte[length];
    for (int i = 0; i < length; i++) {
      path[i] = (byte) (random.nextInt(20) == 0 ? '/' : 'a' + random.nextInt(26));
    }
    if (random.nextInt(5) == 0) {
      path[random.nextInt(length)] = (byte) (0x80 | random.nextInt(0x80));
    }
    if (random.nextInt(5) == 0) {
      System.arraycopy("äö".getBytes(StandardCharsets.UTF_8), 0, path, 0, Math.min(length, 4));
    }
    return RawPath.of(path);
  }

  private static TarEntry randomEntry(Random random) {
    TarKind kind = KINDS.get(random.nextInt(KINDS.size()));
    RawPath path = randomPath(random);
    TreeMap<String, byte[]> xattrs = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      byte[] value = new byte[random.nextInt(200)];
      random.nextBytes(value);
      xattrs.put("user.a=%" + i, value);
    }
    return new TarEntry(
        kind == TarKind.DIRECTORY ? RawPath.of(path.toString().replace("\"", "") + "/") : path,
        kind,
        random.nextBoolean() ? RawPath.EMPTY_PATH : randomPath(random),
        random.nextInt(010000),
        IDS[random.nextInt(IDS.length)],
        IDS[random.nextInt(IDS.length)],
        kind == TarKind.FILE ? pickNumber(random, SIZES) : 0,
        null,
        kind.isDevice() ? random.nextInt(1 << 12) : 0,
        kind.isDevice() ? random.nextInt(1 << 20) : 0,
        TIMES[random.nextInt(TIMES.length)],
        xattrs);
  }

  /** The entry's own header as commons-compress writes it; it is the last block. */
  private static byte[] headerOfLibrary(TarEntry entry) throws IOException {
    TarArchiveEntry header =
        new TarArchiveEntry(nameInHeader(entry), entry.kind().typeFlag(), true);
    header.setMode(entry.mode());
    header.setSize(entry.size());
    header.setUserName("");
    header.setUserId(Math.min(Integer.toUnsignedLong(entry.owner()), 07777777));
    header.setGroupId(Math.min(Integer.toUnsignedLong(entry.group()), 07777777));
    long seconds = Math.max(0, Math.min(entry.modified().getEpochSecond(), 077777777777L));
    header.setLastModifiedTime(
        java.nio.file.attribute.FileTime.from(Instant.ofEpochSecond(seconds)));
    byte[] target = entry.target().toBytes();
    header.setLinkName(PaxRecords.latin1Of(Arrays.copyOf(target, Math.min(target.length, 100))));
    header.setDevMajor(entry.deviceMajor());
    header.setDevMinor(entry.deviceMinor());
    byte[] block = new byte[BLOCK_SIZE];
    header.writeEntryHeader(block, BYTE_ENCODING, true);
    return block;
  }

  private static String nameInHeader(TarEntry entry) {
    byte[] path = entry.path().toBytes();
    if (path.length <= 100) {
      return PaxRecords.latin1Of(path);
    }
    String cut = PaxRecords.latin1Of(Arrays.copyOf(path, 99)).replaceAll("/+$", "");
    return entry.kind() == TarKind.DIRECTORY ? cut + '/' : cut;
  }

  private static byte[] bytesOf(TarEntry entry) {
    TarHeaders headers = TarHeaders.of(entry);
    byte[] bytes = new byte[headers.byteLength() + 7];
    Arrays.fill(bytes, (byte) 'x');
    headers.copyTo(bytes, 7);
    return Arrays.copyOfRange(bytes, 7, bytes.length);
  }

  @Test
  void headersAreThoseOfCommonsCompress() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < RANDOM_CASES; i++) {
      TarEntry entry = randomEntry(random);
      byte[] bytes = bytesOf(entry);
      byte[] own = Arrays.copyOfRange(bytes, bytes.length - BLOCK_SIZE, bytes.length);
      assertArrayEquals(headerOfLibrary(entry), own, () -> "seed " + seed + ": " + entry);
    }
  }

  @Test
  void extendedHeadersAreThoseOfCommonsCompress() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < RANDOM_CASES / 10; i++) {
      TarEntry entry = randomEntry(random);
      byte[] bytes = bytesOf(entry);
      if (bytes.length == BLOCK_SIZE) {
        continue;
      }
      int size = Integer.parseInt(PaxRecords.latin1Of(Arrays.copyOfRange(bytes, 124, 135)), 8);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
        TarArchiveEntry header = new TarArchiveEntry("././@PaxHeader", (byte) 'x', true);
        header.setMode(0644);
        header.setSize(size);
        header.setUserName("");
        header.setLastModifiedTime(java.nio.file.attribute.FileTime.from(Instant.EPOCH));
        tar.putArchiveEntry(header);
        tar.write(bytes, BLOCK_SIZE, size);
        tar.closeArchiveEntry();
      }
      int length = bytes.length - BLOCK_SIZE;
      assertArrayEquals(
          Arrays.copyOf(out.toByteArray(), length),
          Arrays.copyOf(bytes, length),
          () -> "seed " + seed + ": " + entry);
    }
  }

  /** Parses as commons-compress does; returns a text that also says how it is refused. */
  private static String parsedByLibrary(byte[] block) {
    try {
      TarArchiveEntry header = new TarArchiveEntry(Map.of(), block, BYTE_ENCODING, false);
      return !header.isCheckSumOK()
          ? "its check sum is wrong"
          : describeHeader(
              header.getLinkFlag(), header.getName(), header.getLinkName(), header.getSize());
    } catch (IOException | RuntimeException e) {
      return e.getMessage();
    }
  }

  private static String parsedHere(byte[] block) {
    try {
      PlainHeader header = PlainHeader.parse(block);
      return describeHeader(
          header.letter(),
          PaxRecords.latin1Of(header.name().toBytes()),
          PaxRecords.latin1Of(header.target().toBytes()),
          header.size());
    } catch (IOException | RuntimeException e) {
      return e.getMessage();
    }
  }

  private static String describeHeader(byte letter, String name, String target, long size) {
    return letter + " " + name + " -> " + target + " " + size;
  }

  private static void fixCheckSum(byte[] block) {
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    byte[] digits = PaxRecords.latin1Of(String.format("%06o\0 ", sum));
    System.arraycopy(digits, 0, block, 148, digits.length);
  }

  /** Damages headers at random, mostly with a check sum that is right again. */
  @Test
  void parsedHeadersAreThoseOfCommonsCompress() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] likely = PaxRecords.latin1Of("0123456789 \0/ax\u0080\u00ff");
    for (int i = 0; i < RANDOM_CASES; i++) {
      byte[] bytes = bytesOf(randomEntry(random));
      byte[] block = Arrays.copyOfRange(bytes, bytes.length - BLOCK_SIZE, bytes.length);
      for (int j = random.nextInt(4); j > 0; j--) {
        block[random.nextBoolean() ? random.nextInt(BLOCK_SIZE) : 100 + random.nextInt(58)] =
            likely[random.nextInt(likely.length)];
      }
      if (random.nextInt(8) > 0) {
        fixCheckSum(block);
      }
      assertEquals(
          parsedByLibrary(block),
          parsedHere(block),
          () -> "seed " + seed + ": " + PaxRecords.latin1Of(block));
    }
  }

  private static Instant parsedExactly(String text) {
    BigDecimal time = new BigDecimal(text);
    BigDecimal second = time.setScale(0, RoundingMode.FLOOR);
    BigDecimal nanos = time.subtract(second).movePointRight(9);
    return Instant.ofEpochSecond(second.longValueExact(), nanos.longValue());
  }

  @Test
  void timesAreExact() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < RANDOM_CASES; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
      for (int j = 1 + random.nextInt(12); j > 0; j--) {
        text.append(random.nextInt(3) == 0 ? random.nextInt(10) : 0);
      }
      if (random.nextBoolean()) {
        text.append('.');
        for (int j = random.nextInt(31); j > 0; j--) {
          text.append(random.nextInt(3) == 0 ? random.nextInt(10) : 0);
        }
      }
      Instant parsed = TimeText.parse(PaxRecords.latin1Of(text.toString()));
      assertEquals(parsedExactly(text.toString()), parsed, () -> "seed " + seed + ": " + text);
      assertEquals(parsed, TimeText.parse(PaxRecords.latin1Of(TimeText.format(parsed))));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        ".5",
        "1e3",
        "+1",
        " 1",
        "1 ",
        "1.5.5",
        "0x1",
        "--1",
        "1.-5",
        "1234567890123",
        "1.1234567890123456789012345678901"
      })
  void otherTimesAreRefused(String text) {
    byte[] bytes = PaxRecords.latin1Of(text);
    assertThrows(IllegalArgumentException.class, () -> TimeText.parse(bytes));
  }
}
