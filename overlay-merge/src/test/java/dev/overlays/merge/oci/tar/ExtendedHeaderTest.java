package dev.overlays.merge.oci.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.TarBuilder;
import dev.overlays.merge.oci.value.OciLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of several headers holds for an entry, and what each may say. */
class ExtendedHeaderTest {

  private static TarEntry readFirst(TarBuilder tar) throws IOException {
    ArchiveRefusals refusals = new ArchiveRefusals(Path.of("target"));
    byte[] archive = tar.completeBytes();
    return new TarReader(new ByteArrayInputStream(archive), refusals, OciLimits.DEFAULTS)
        .nextEntry();
  }

  private static void assertRefused(TarBuilder tar, ProblemCode code, String mentioned) {
    OverlayException e = assertThrows(OverlayException.class, () -> readFirst(tar));
    assertEquals(code, e.problems().get(0).code(), e::toString);
    assertTrue(e.getMessage().contains(mentioned), e::toString);
  }

  private static TarBuilder withRecords(String... keysAndValues) {
    return new TarBuilder().addPaxRecords(keysAndValues);
  }

  private static TarBuilder withGnuHeader(TarBuilder tar, char letter, String text) {
    return tar.addEntry("././@LongLink", letter, "", text.getBytes(UTF_8), header -> {});
  }

  @Test
  void posixPathHoldsBeforeTheGnuOneAndThatBeforeTheHeaders() throws IOException {
    TarBuilder both = withRecords("path", "posix", "linkpath", "posix-target");
    withGnuHeader(withGnuHeader(both, 'L', "gnu\0"), 'K', "gnu-target\0");
    TarEntry entry = readFirst(both.addSymlink("plain", "plain-target"));
    assertEquals(List.of(RawPath.of("posix"), RawPath.of("posix-target")), pathsOf(entry));
    TarBuilder gnu = withGnuHeader(new TarBuilder(), 'K', "gnu-target\0");
    entry = readFirst(withGnuHeader(gnu, 'L', "gnu").addSymlink("plain", "plain-target"));
    assertEquals(List.of(RawPath.of("gnu"), RawPath.of("gnu-target")), pathsOf(entry));
    entry = readFirst(new TarBuilder().addSymlink("plain", "plain-target"));
    assertEquals(List.of(RawPath.of("plain"), RawPath.of("plain-target")), pathsOf(entry));
  }

  private static List<RawPath> pathsOf(TarEntry entry) {
    return List.of(entry.path(), entry.target());
  }

  /** POSIX: an empty value takes back what a global header says, and global ones are refused. */
  @Test
  void emptyRecordLeavesTheHeaderAsItIs() throws IOException {
    TarBuilder tar =
        withRecords("path", "", "uid", "", "size", "", "mtime", "", "linkpath", "", "gid", "");
    TarEntry entry =
        readFirst(tar.addEntry("plain", '0', "", new byte[3], header -> header.setIds(5, 6)));
    assertEquals(RawPath.of("plain"), entry.path());
    assertEquals(List.of(5, 6), List.of(entry.owner(), entry.group()));
    assertEquals(3, entry.size());
    assertEquals(Instant.ofEpochSecond(1_000_000_000), entry.modified());
  }

  @Test
  void gnuNameEndsAtItsFirstNul() throws IOException {
    TarEntry entry =
        readFirst(withGnuHeader(new TarBuilder(), 'L', "name\0../rest\0").addFile("x", ""));
    assertEquals(RawPath.of("name"), entry.path());
    // A name of nothing is no name.
    entry = readFirst(withGnuHeader(new TarBuilder(), 'L', "\0name").addFile("x", ""));
    assertEquals(RawPath.of("x"), entry.path());
  }

  /** A path of POSIX may not end at a NUL: other tools would see another path. */
  @Test
  void posixPathKeepsItsNul() throws IOException {
    TarEntry entry = readFirst(withRecords("path", "a\0b").addFile("x", ""));
    assertArrayEquals(new byte[] {'a', 0, 'b'}, entry.path().toBytes());
  }

  @Test
  void timesHaveNanosecondsRoundedDown() throws IOException {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      String text =
          (random.nextBoolean() ? "-" : "")
              + random.nextLong(1L << random.nextInt(1, 39))
              + "."
              + "0123456789".repeat(3).substring(random.nextInt(29));
      BigInteger nanos =
          new BigDecimal(text).movePointRight(9).setScale(0, RoundingMode.FLOOR).toBigInteger();
      Instant time = readFirst(withRecords("mtime", text).addFile("x", "")).modified();
      BigInteger read =
          BigInteger.valueOf(time.getEpochSecond())
              .multiply(BigInteger.valueOf(1_000_000_000))
              .add(BigInteger.valueOf(time.getNano()));
      assertEquals(nanos, read, text + ", seed " + seed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "1., 1970-01-01T00:00:01Z",
    "-0.5, 1969-12-31T23:59:59.500Z",
    "-1.000000001, 1969-12-31T23:59:58.999999999Z",
    "1.9999999999, 1970-01-01T00:00:01.999999999Z",
    "999999999999, +33658-09-27T01:46:39Z"
  })
  void timeHasItsExactValue(String text, Instant time) throws IOException {
    assertEquals(time, readFirst(withRecords("mtime", text).addFile("x", "")).modified());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e9", "1,5", "+1", "1.-5", ".5", "0x1", "1000000000000", "NaN", " 1"})
  void invalidTimesAreRefused(String text) {
    assertRefused(
        withRecords("mtime", text).addFile("x", ""), ProblemCode.ARCHIVE_BROKEN, "time of \"x\"");
  }

  @ParameterizedTest
  @CsvSource({
    "uid, 4294967294, true",
    "uid, 4294967295, false",
    "gid, 4294967294, true",
    "gid, 4294967295, false",
    "uid, -1, false",
    "gid, 1.0, false",
    "uid, ' 1', false",
    "gid, 9999999999999999999, false"
  })
  void ownersFitIntoThirtyTwoBits(String key, String number, boolean accepted) throws IOException {
    TarBuilder tar = withRecords(key, number).addFile("x", "");
    if (accepted) {
      TarEntry entry = readFirst(tar);
      assertEquals(-2, key.equals("uid") ? entry.owner() : entry.group());
    } else {
      assertRefused(tar, ProblemCode.ARCHIVE_BROKEN, key + " of \"x\" is out of range");
    }
  }

  /** The size of the records is where the next header is, whatever the header says. */
  @Test
  void sizeOfTheRecordsHoldsBeforeTheHeaders() throws IOException {
    byte[] zeros = new byte[TarBuilder.BLOCK_SIZE];
    TarBuilder tar =
        withRecords("size", "600")
            .addHeader("x", '0', 1, zeros, block -> {})
            .addBytes(new byte[1024]);
    assertEquals(600, readFirst(tar.addFile("next", "")).size());
  }

  /** Old tools write the type of the file into its mode, too. */
  @Test
  void onlyTheTwelveBitsOfAModeAreKept() throws IOException {
    TarEntry entry =
        readFirst(new TarBuilder().addEntry("x", '0', "", new byte[0], h -> h.setMode(0107755)));
    assertEquals(07755, entry.mode());
    assertRefused(
        new TarBuilder().addEntry("x", '0', "", new byte[0], h -> h.setMode(01000000)),
        ProblemCode.ARCHIVE_BROKEN,
        "mode of \"x\"");
  }

  private static TarBuilder withGlobalRecord(String key) {
    PaxRecords records = new PaxRecords();
    records.addRecord(key, "1");
    return new TarBuilder().addEntry("g", 'g', "", records.toBytes(), h -> {}).addFile("x", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"comment", "atime", "ctime"})
  void globalHeaderThatChangesNothingIsAccepted(String key) throws IOException {
    assertEquals(RawPath.of("x"), readFirst(withGlobalRecord(key)).path());
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "uid", "mtime", "SCHILY.xattr.user.a", "GNU.sparse.map"})
  void globalHeaderThatChangesEntriesIsRefused(String key) {
    assertRefused(withGlobalRecord(key), ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED, "global header");
  }

  @ParameterizedTest
  @ValueSource(chars = {'x', 'L', 'K'})
  void headerWithoutAnEntryIsRefused(char letter) {
    TarBuilder tar =
        new TarBuilder().addEntry("h", letter, "", "7 a=b1\n".getBytes(UTF_8), header -> {});
    assertRefused(tar, ProblemCode.ARCHIVE_BROKEN, "ends after an extended header");
  }

  /** GNU tar hides the real path of a sparse file in a record; only of a sparse file. */
  @Test
  void nameOfASparseFileReplacesThePathOfFilesOnly() throws IOException {
    String[] records = {
      "GNU.sparse.name", "real", "GNU.sparse.map", "0,1", "GNU.sparse.size", "9", "path", "decoy"
    };
    TarEntry entry = readFirst(withRecords(records).addFile("x", "1"));
    assertEquals(RawPath.of("real"), entry.path());
    assertEquals(9, entry.size());
    assertEquals(1, entry.sparse().dataSize());
    assertEquals(RawPath.of("decoy"), readFirst(withRecords(records).addSymlink("x", "t")).path());
  }

  @Test
  void xattrsAndAclsAreKeptByTheirNames() throws IOException {
    TarEntry entry =
        readFirst(
            withRecords(
                    "SCHILY.xattr.user.a%3Db%25", "1",
                    "SCHILY.acl.access", "user::r",
                    "LIBARCHIVE.xattr.user.other", "2",
                    "RHT.security.selinux", "3")
                .addFile("x", ""));
    assertEquals(List.of("SCHILY.acl.access", "user.a=b%"), List.copyOf(entry.xattrs().keySet()));
    assertArrayEquals(new byte[] {'1'}, entry.xattrs().get("user.a=b%"));
  }

  /** Only devices have numbers; tools leave anything in the fields of other entries. */
  @Test
  void deviceNumbersOfOtherEntriesAreIgnored() throws IOException {
    TarBuilder tar = withRecords("SCHILY.devmajor", "9", "SCHILY.devminor", "1x");
    TarEntry entry = readFirst(tar.addFile("x", ""));
    assertEquals(List.of(0, 0), List.of(entry.deviceMajor(), entry.deviceMinor()));
    assertRefused(
        withRecords("SCHILY.devminor", "1x").addEntry("d", '3', "", new byte[0], h -> {}),
        ProblemCode.ARCHIVE_BROKEN,
        "SCHILY.devminor");
  }
}
