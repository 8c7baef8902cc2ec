package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms that other tools write and our own archives do not contain, byte by byte. */
class ForeignEntriesTest {
  private static final int FIRST_PLACE = 386;
  private static final int STAR_PLACE = 356;

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path parent = fileSystem.getPath("/parent");
  private final Path layer = parent.resolve("layer");

  @BeforeEach
  void makeParent() throws IOException {
    Files.createDirectory(parent);
  }

  @AfterEach
  void assertAllClosed() {
    store.assertAllClosed();
  }

  private OciImport importIntoLayer() {
    return OciImport.to(layer).store(store).marks(MarkNamespace.USER);
  }

  private OciImportReport runImport(OciImport into, TarBuilder tar) throws IOException {
    return runImport(into, tar.completeBytes());
  }

  private static OciImportReport runImport(OciImport into, byte[] archive) throws IOException {
    return into.run(new ByteArrayInputStream(archive));
  }

  private OverlayException importRefused(OciImport into, TarBuilder tar) throws IOException {
    return importRefused(into, tar.completeBytes());
  }

  private OverlayException importRefused(OciImport into, byte[] archive) throws IOException {
    OverlayException e = assertThrows(OverlayException.class, () -> runImport(into, archive));
    OverlayException other =
        assertThrows(OverlayException.class, () -> runImport(into.workers(3), archive));
    assertEquals(e.problems(), other.problems());
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(), left.toList(), e.toString());
    }
    return e;
  }

  private static TarBuilder newTar() {
    return new TarBuilder();
  }

  private LayerDirectory openLayer() throws IOException {
    return store.open(layer);
  }

  /** jimfs cannot give a symbolic link another name: it would follow it to the outside. */
  @Test
  void hardLinkToSymlinkBecomesSymlink() throws IOException {
    Files.writeString(fileSystem.getPath("/outside"), "untouched");
    runImport(importIntoLayer(), newTar().addSymlink("d/s", "/outside").addHardLink("link", "d/s"));
    assertEquals("/outside", Files.readSymbolicLink(layer.resolve("link")).toString());
    assertEquals(
        Files.getLastModifiedTime(layer.resolve("d/s"), LinkOption.NOFOLLOW_LINKS),
        Files.getLastModifiedTime(layer.resolve("link"), LinkOption.NOFOLLOW_LINKS));
  }

  private static byte[] paddedBlock(String text) {
    return Arrays.copyOf(text.getBytes(UTF_8), TarBuilder.BLOCK_SIZE);
  }

  private static byte[] blockOfFields(int offset, String... fields) {
    byte[] block = new byte[TarBuilder.BLOCK_SIZE];
    for (int i = 0; i < fields.length; i++) {
      byte[] field = fields[i].getBytes(ISO_8859_1);
      System.arraycopy(field, 0, block, offset + 12 * i, field.length);
    }
    return block;
  }

  /** A file of 10,000 bytes: "ab" at 1,000, and "c" at its end. */
  static Stream<Arguments> sparse() {
    String name = "real/name";
    byte[] starMore = blockOfFields(0, "00000023417", "00000000001");
    byte[] gnuMore = blockOfFields(0, "00000023417", "00000000001", "00000023420", "00000000000");
    return Stream.of(
        Arguments.of(
            "0.0",
            newTar()
                .addPaxRecords(
                    "GNU.sparse.size", "10000",
                    "GNU.sparse.numblocks", "2",
                    "GNU.sparse.offset", "1000",
                    "GNU.sparse.numbytes", "2",
                    "GNU.sparse.offset", "9999",
                    "GNU.sparse.numbytes", "1")
                .addFile(name, "abc")),
        Arguments.of(
            "0.1",
            newTar()
                .addPaxRecords(
                    "GNU.sparse.size", "10000",
                    "GNU.sparse.numblocks", "2",
                    "GNU.sparse.map", "1000,2,9999,1",
                    "GNU.sparse.name", name)
                .addFile("GNUSparseFile.1/x", "abc")),
        Arguments.of(
            "1.0",
            newTar()
                .addPaxRecords(
                    "GNU.sparse.major", "1",
                    "GNU.sparse.minor", "0",
                    "GNU.sparse.realsize", "10000",
                    "GNU.sparse.name", name)
                .addHeader(
                    "x",
                    '0',
                    TarBuilder.BLOCK_SIZE + 3,
                    new byte[TarBuilder.BLOCK_SIZE],
                    block -> {})
                .addBytes(paddedBlock("2\n1000\n2\n9999\n1\n"))
                .addBytes(paddedBlock("abc"))),
        Arguments.of(
            "gnu",
            newTar()
                .addHeader(
                    name,
                    'S',
                    3,
                    blockOfFields(
                        FIRST_PLACE, "00000001750", "00000000002", "", "", "", "", "", ""),
                    block -> {
                      putText(block, 386 + 24, "00000023417");
                      putText(block, 386 + 36, "00000000001");
                      putText(block, 483, "00000023420");
                    })
                .addBytes(paddedBlock("abc"))),
        Arguments.of(
            "gnu, with more blocks",
            newTar()
                .addHeader(
                    name,
                    'S',
                    3,
                    blockOfFields(FIRST_PLACE, "00000001750", "00000000002"),
                    block -> {
                      putText(block, 386 + 24, "00000001760");
                      putText(block, 386 + 36, "00000000000");
                      putText(block, 386 + 48, "00000001770");
                      putText(block, 386 + 60, "00000000000");
                      putText(block, 386 + 72, "00000001777");
                      putText(block, 386 + 84, "00000000000");
                      block[482] = 1;
                      putText(block, 483, "00000023420");
                    })
                .addBytes(gnuMore)
                .addBytes(paddedBlock("abc"))),
        Arguments.of(
            "star",
            newTar()
                .addHeader(
                    name,
                    'S',
                    3,
                    blockOfFields(STAR_PLACE, "00000001750", "00000000002"),
                    block -> {
                      putText(block, 356 + 24, "00000001760");
                      putText(block, 356 + 36, "00000000000");
                      putText(block, 356 + 48, "00000001770");
                      putText(block, 356 + 60, "00000000000");
                      putText(block, 356 + 72, "00000001777");
                      putText(block, 356 + 84, "00000000000");
                      block[355] = 1;
                      putText(block, 452, "00000023420");
                      putText(block, 508, "tar");
                    })
                .addBytes(starMore)
                .addBytes(paddedBlock("abc"))));
  }

  private static void putText(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sparse")
  void sparseFilesKeepTheirHoles(String form, TarBuilder tar) throws IOException {
    runImport(importIntoLayer(), tar.addFile("next", "n"));
    byte[] expected = new byte[10_000];
    expected[1000] = 'a';
    expected[1001] = 'b';
    expected[9999] = 'c';
    assertArrayEquals(expected, Files.readAllBytes(layer.resolve("real/name")), form);
    assertEquals("n", Files.readString(layer.resolve("next")));
  }

  @ParameterizedTest
  @CsvSource({
    "'1000,2,1001,1', out of order",
    "'1000,2,500,1', out of order",
    "'1000,2,9999,2', out of order",
    "'9223372036854775807,2', invalid number",
    "'1000', has no length",
    "'1000,1', does not match its map",
    "'1000,,2', invalid number",
    "'-1,2', invalid number",
  })
  void impossibleSparseMapsAreRefused(String map, String mentioned) throws IOException {
    TarBuilder tar =
        newTar()
            .addPaxRecords("GNU.sparse.size", "10000", "GNU.sparse.map", map)
            .addFile("sparse", "abc");
    OverlayException e = importRefused(importIntoLayer(), tar);
    assertTrue(e.has(ProblemCode.ARCHIVE_BROKEN), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
  }

  /** A map in the data may say that it is of any length. */
  @Test
  void sparseMapsOverTheLimitAreRefused() throws IOException {
    byte[] endless = ("9999999\n" + "0\n".repeat(1 << 20)).getBytes(UTF_8);
    TarBuilder tar =
        newTar()
            .addPaxRecords("GNU.sparse.major", "1", "GNU.sparse.realsize", "1")
            .addEntry("sparse", '0', "", endless, h -> {});
    assertTrue(
        importRefused(importIntoLayer(), tar).getMessage().contains("longer than the limit"));
    TarBuilder cut =
        newTar()
            .addPaxRecords("GNU.sparse.major", "1", "GNU.sparse.realsize", "1")
            .addFile("sparse", "1\n");
    assertTrue(importRefused(importIntoLayer(), cut).has(ProblemCode.ARCHIVE_BROKEN));
    TarBuilder unknown = newTar().addPaxRecords("SCHILY.realsize", "10").addFile("sparse", "1\n");
    assertTrue(
        importRefused(importIntoLayer(), unknown).getMessage().contains("no map of its data"));
  }

  /** Otherwise the next files could have more bytes than all files together may have. */
  @Test
  void negativeSizeOfASparseFileLiftsNoLimit() throws IOException {
    byte[] negative = new byte[TarBuilder.BLOCK_SIZE];
    putHex(negative, 483, "ffffffffffffffffffffff00");
    TarBuilder tar =
        newTar()
            .addHeader("sparse", 'S', 0, negative, block -> {})
            .addFile("later", "x".repeat(200));
    OciImport limited = importIntoLayer().limits(OciLimits.DEFAULTS.withBytes(100, 300));
    OverlayException e = importRefused(limited, tar);
    assertTrue(e.has(ProblemCode.ARCHIVE_BROKEN), e.toString());
    assertTrue(e.getMessage().contains("negative"), e.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "access, 'user::rwx', lacks a required entry",
    "access, 'user::rwx,user::rwx,group::r,other::r', has one twice",
    "access, 'user::rwx,group::r,other::z', unknown permission",
    "access, 'user::rwx,group::r,other', incomplete",
    "access, 'user::rwx,group::r,other::r,stranger::r', unknown type",
    "access, 'user::rwx,user:nobody-here:r,group::r,other::r', 'user \"nobody-here\"'",
    "access, 'user::rwx,group:nobody-here:r,group::r,other::r', 'group \"nobody-here\"'",
    "access, 'user::rwx,user:4294967295:r,group::r,other::r', 'user \"4294967295\"'",
    "ace, 'owner@:rw::allow', Linux has no such",
  })
  void aclsThatCannotBeTakenAreRefusedOrLeftOut(String kind, String text, String mentioned)
      throws IOException {
    TarBuilder tar = newTar().addPaxRecords("SCHILY.acl." + kind, text).addFile("file", "");
    byte[] archive = tar.completeBytes();
    OverlayException e =
        importRefused(importIntoLayer().privilegedXattrs(OciTreatment.TAKE), archive);
    assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
    OciImport leaving = importIntoLayer().privilegedXattrs(OciTreatment.LEAVE_OUT);
    assertEquals(1, runImport(leaving, archive).xattrsLeftOut());
  }

  @ParameterizedTest
  @ValueSource(ints = {108, 116})
  void impossibleOwnersAreRefused(int field) throws IOException {
    for (String binary :
        List.of("9000000000000000", "8100000000000000", "80000000ffffffff", "ffffffffffffffff")) {
      byte[] number = HexFormat.of().parseHex(binary);
      TarBuilder tar =
          newTar()
              .addHeader(
                  "file",
                  '0',
                  0,
                  new byte[TarBuilder.BLOCK_SIZE],
                  block -> System.arraycopy(number, 0, block, field, 8));
      OverlayException e = importRefused(importIntoLayer(), tar);
      assertTrue(e.has(ProblemCode.ARCHIVE_BROKEN), binary + e);
    }
  }

  @Test
  void binaryNumbersAreRead() throws IOException {
    runImport(
        importIntoLayer().devices(OciTreatment.TAKE),
        newTar()
            .addHeader(
                "file", '0', 0, new byte[512], block -> putHex(block, 108, "80000000fffffffe"))
            .addHeader(
                "old",
                '0',
                0,
                new byte[512],
                block -> putHex(block, 136, "ffffffffffffffffffffffff"))
            .addHeader(
                "node",
                '3',
                0,
                new byte[512],
                block -> {
                  putHex(block, 329, "8000000000000fff");
                  putHex(block, 337, "80000000000fffff");
                }));
    try (LayerDirectory root = openLayer()) {
      assertEquals(-2, LayerEntries.requireStat(root, Name.of("file")).owner());
      assertEquals(-1, LayerEntries.requireStat(root, Name.of("old")).modified().getEpochSecond());
      assertEquals(0xfff, LayerEntries.requireStat(root, Name.of("node")).deviceMajor());
      assertEquals(0xfffff, LayerEntries.requireStat(root, Name.of("node")).deviceMinor());
    }
  }

  private static void putHex(byte[] block, int offset, String hex) {
    byte[] number = HexFormat.of().parseHex(hex);
    System.arraycopy(number, 0, block, offset, number.length);
  }

  /** The lowest 32 bits of the first are those of a whiteout. */
  @ParameterizedTest
  @CsvSource({
    "8000000100000000, 8000000100000000",
    "9000000000000000, 8000000000000000",
    "8000000000001000, 8000000000000001",
    "8000000000000001, 8000000000100000",
    "ffffffffffffffff, 8000000000000001"
  })
  void impossibleDeviceNumbersAreRefused(String major, String minor) throws IOException {
    for (char letter : new char[] {'3', '4'}) {
      TarBuilder tar =
          newTar()
              .addHeader(
                  "node",
                  letter,
                  0,
                  new byte[512],
                  block -> {
                    putHex(block, 329, major);
                    putHex(block, 337, minor);
                  });
      byte[] archive = tar.completeBytes();
      OverlayException e = importRefused(importIntoLayer().devices(OciTreatment.TAKE), archive);
      assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED), e.toString());
      OciImport leaving =
          OciImport.to(parent.resolve("left out" + letter))
              .store(store)
              .devices(OciTreatment.LEAVE_OUT);
      assertEquals(1, runImport(leaving, archive).devicesLeftOut());
      Files.delete(parent.resolve("left out" + letter));
    }
  }

  /** libarchive and star write large numbers of devices so. */
  @Test
  void deviceNumbersOfExtendedHeadersApply() throws IOException {
    runImport(
        importIntoLayer().devices(OciTreatment.TAKE),
        newTar()
            .addPaxRecords("SCHILY.devmajor", "4095", "SCHILY.devminor", "1048575")
            .addHeader("node", '4', 0, new byte[512], block -> {}));
    try (LayerDirectory root = openLayer()) {
      assertEquals(0xfff, LayerEntries.requireStat(root, Name.of("node")).deviceMajor());
    }
    TarBuilder tar =
        newTar()
            .addPaxRecords("SCHILY.devmajor", "4294967296", "SCHILY.devminor", "0")
            .addHeader("node", '3', 0, new byte[512], block -> {});
    OciImport other = OciImport.to(parent.resolve("other")).store(store).devices(OciTreatment.TAKE);
    OverlayException e = assertThrows(OverlayException.class, () -> runImport(other, tar));
    assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED), e.toString());
  }

  /** umoci 0.6 whites out what was in a directory that is none any more. */
  @Test
  void whiteoutsInsideAFileAreIgnored() throws IOException {
    runImport(
        importIntoLayer(),
        newTar()
            .addFile("gone", "file")
            .addFile("gone/.wh.h", "")
            .addFile("gone/.wh..wh..opq", "")
            .addFile("gone/inner/.wh.h", "")
            .addSymlink("link", "..")
            .addFile("link/.wh.h", "")
            .addFile("after/.wh.h", ""));
    assertEquals("file", Files.readString(layer.resolve("gone")));
    assertEquals("..", Files.readSymbolicLink(layer.resolve("link")).toString());
    try (LayerDirectory root = openLayer();
        LayerDirectory after = root.open(Name.of("after"))) {
      assertTrue(LayerEntries.requireStat(after, Name.of("h")).isWhiteoutDevice());
      assertTrue(root.stat(Name.of("h")).isEmpty());
    }
    try (Stream<Path> all = Files.list(layer)) {
      assertEquals(3, all.count());
    }
  }

  /** The order of entries is free; a file hides what its name had below, as whiteouts in it do. */
  @Test
  void fileReplacesADirectoryOfWhiteoutsOnly() throws IOException {
    runImport(
        importIntoLayer(),
        newTar()
            .addFile("gone/inner/.wh.h", "")
            .addFile("gone/.wh.inner", "")
            .addFile("gone", "file"));
    assertEquals("file", Files.readString(layer.resolve("gone")));
    OciImport other = OciImport.to(parent.resolve("other")).store(store);
    TarBuilder tar = newTar().addFile("d/.wh.h", "").addFile("d/kept", "").addFile("d", "file");
    OverlayException e = assertThrows(OverlayException.class, () -> runImport(other, tar));
    assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSAFE), e.toString());
  }

  /** A whiteout needs a directory around it, unless everything there is hidden anyway. */
  @Test
  void whiteoutInAnOpaqueDirectoryMakesNoDirectories() throws IOException {
    runImport(
        importIntoLayer(),
        newTar()
            .addFile("d/.wh..wh..opq", "")
            .addFile("d/.wh.inner", "")
            .addFile("d/inner/.wh.h", "")
            .addFile("d/inner/deep/.wh.h", "")
            .addFile("d/file", "x"));
    try (Stream<Path> all = Files.walk(layer)) {
      assertEquals(
          List.of(layer, layer.resolve("d"), layer.resolve("d/file")), all.sorted().toList());
    }
  }

  /** Layers of Docker's AUFS driver. Docker itself skips these names and resolves the links. */
  @Test
  void aufsInternalNamesAreLeftOut() throws IOException {
    runImport(
        importIntoLayer(),
        newTar()
            .addFile(".wh..wh.aufs", "")
            .addDirectory(".wh..wh.orph")
            .addFile(".wh..wh.orph/1", "deleted")
            .addDirectory(".wh..wh.plnk")
            .addFile(".wh..wh.plnk/12.34", "shared")
            .addHardLink("a/one", ".wh..wh.plnk/12.34")
            .addHardLink("two", ".wh..wh.plnk/12.34")
            .addFile(".wh.gone", ""));
    assertEquals("shared", Files.readString(layer.resolve("a/one")));
    try (LayerDirectory root = openLayer();
        LayerDirectory inner = root.open(Name.of("a"))) {
      assertTrue(
          LayerEntries.requireStat(root, Name.of("two"))
              .sameInode(LayerEntries.requireStat(inner, Name.of("one"))));
      assertTrue(LayerEntries.requireStat(root, Name.of("gone")).isWhiteoutDevice());
      assertEquals(EntryType.FILE, LayerEntries.requireStat(root, Name.of("two")).type());
    }
    try (Stream<Path> all = Files.list(layer)) {
      assertEquals(3, all.count());
    }
    assertFalse(Files.exists(layer.resolve(".wh..wh.plnk")));
  }
}
