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
  void closed() {
    store.assertAllClosed();
  }

  private OciImport into() {
    return OciImport.to(layer).store(store).marks(MarkNamespace.USER);
  }

  private OciImportReport run(OciImport into, TarMaker tar) throws IOException {
    return run(into, tar.closed());
  }

  private static OciImportReport run(OciImport into, byte[] archive) throws IOException {
    return into.run(new ByteArrayInputStream(archive));
  }

  private OverlayException refused(OciImport into, TarMaker tar) throws IOException {
    return refused(into, tar.closed());
  }

  private OverlayException refused(OciImport into, byte[] archive) throws IOException {
    OverlayException e = assertThrows(OverlayException.class, () -> run(into, archive));
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(), left.toList(), e.toString());
    }
    return e;
  }

  private static TarMaker tar() {
    return new TarMaker();
  }

  private LayerDirectory open() throws IOException {
    return store.open(layer);
  }

  /** jimfs cannot give a symbolic link another name: it would follow it to the outside. */
  @Test
  void aHardLinkToASymlinkIsAnotherSymlink() throws IOException {
    Files.writeString(fileSystem.getPath("/outside"), "untouched");
    run(into(), tar().symlink("d/s", "/outside").hardLink("link", "d/s"));
    assertEquals("/outside", Files.readSymbolicLink(layer.resolve("link")).toString());
    assertEquals(
        Files.getLastModifiedTime(layer.resolve("d/s"), LinkOption.NOFOLLOW_LINKS),
        Files.getLastModifiedTime(layer.resolve("link"), LinkOption.NOFOLLOW_LINKS));
  }

  private static byte[] block(String text) {
    return Arrays.copyOf(text.getBytes(UTF_8), TarMaker.BLOCK);
  }

  private static byte[] fields(int offset, String... fields) {
    byte[] block = new byte[TarMaker.BLOCK];
    for (int i = 0; i < fields.length; i++) {
      byte[] field = fields[i].getBytes(ISO_8859_1);
      System.arraycopy(field, 0, block, offset + 12 * i, field.length);
    }
    return block;
  }

  /** A file of 10,000 bytes: "ab" at 1,000, and "c" at its end. */
  static Stream<Arguments> sparse() {
    String name = "real/name";
    byte[] starMore = fields(0, "00000023417", "00000000001");
    byte[] gnuMore = fields(0, "00000023417", "00000000001", "00000023420", "00000000000");
    return Stream.of(
        Arguments.of(
            "0.0",
            tar()
                .pax(
                    "GNU.sparse.size", "10000",
                    "GNU.sparse.numblocks", "2",
                    "GNU.sparse.offset", "1000",
                    "GNU.sparse.numbytes", "2",
                    "GNU.sparse.offset", "9999",
                    "GNU.sparse.numbytes", "1")
                .file(name, "abc")),
        Arguments.of(
            "0.1",
            tar()
                .pax(
                    "GNU.sparse.size", "10000",
                    "GNU.sparse.numblocks", "2",
                    "GNU.sparse.map", "1000,2,9999,1",
                    "GNU.sparse.name", name)
                .file("GNUSparseFile.1/x", "abc")),
        Arguments.of(
            "1.0",
            tar()
                .pax(
                    "GNU.sparse.major", "1",
                    "GNU.sparse.minor", "0",
                    "GNU.sparse.realsize", "10000",
                    "GNU.sparse.name", name)
                .header("x", '0', TarMaker.BLOCK + 3, new byte[TarMaker.BLOCK], block -> {})
                .raw(block("2\n1000\n2\n9999\n1\n"))
                .raw(block("abc"))),
        Arguments.of(
            "gnu",
            tar()
                .header(
                    name,
                    'S',
                    3,
                    fields(FIRST_PLACE, "00000001750", "00000000002", "", "", "", "", "", ""),
                    block -> {
                      put(block, 386 + 24, "00000023417");
                      put(block, 386 + 36, "00000000001");
                      put(block, 483, "00000023420");
                    })
                .raw(block("abc"))),
        Arguments.of(
            "gnu, with more blocks",
            tar()
                .header(
                    name,
                    'S',
                    3,
                    fields(FIRST_PLACE, "00000001750", "00000000002"),
                    block -> {
                      put(block, 386 + 24, "00000001760");
                      put(block, 386 + 36, "00000000000");
                      put(block, 386 + 48, "00000001770");
                      put(block, 386 + 60, "00000000000");
                      put(block, 386 + 72, "00000001777");
                      put(block, 386 + 84, "00000000000");
                      block[482] = 1;
                      put(block, 483, "00000023420");
                    })
                .raw(gnuMore)
                .raw(block("abc"))),
        Arguments.of(
            "star",
            tar()
                .header(
                    name,
                    'S',
                    3,
                    fields(STAR_PLACE, "00000001750", "00000000002"),
                    block -> {
                      put(block, 356 + 24, "00000001760");
                      put(block, 356 + 36, "00000000000");
                      put(block, 356 + 48, "00000001770");
                      put(block, 356 + 60, "00000000000");
                      put(block, 356 + 72, "00000001777");
                      put(block, 356 + 84, "00000000000");
                      block[355] = 1;
                      put(block, 452, "00000023420");
                      put(block, 508, "tar");
                    })
                .raw(starMore)
                .raw(block("abc"))));
  }

  private static void put(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sparse")
  void sparseFilesGetTheirHoles(String form, TarMaker tar) throws IOException {
    run(into(), tar.file("next", "n"));
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
  void mapsThatNoFileHasAreRefused(String map, String mentioned) throws IOException {
    TarMaker tar =
        tar().pax("GNU.sparse.size", "10000", "GNU.sparse.map", map).file("sparse", "abc");
    OverlayException e = refused(into(), tar);
    assertTrue(e.has(ProblemCode.ARCHIVE_BROKEN), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
  }

  /** A map in the data may say that it is of any length. */
  @Test
  void mapsTakeNoMoreMemoryThanTheLimit() throws IOException {
    byte[] endless = ("9999999\n" + "0\n".repeat(1 << 20)).getBytes(UTF_8);
    TarMaker tar =
        tar()
            .pax("GNU.sparse.major", "1", "GNU.sparse.realsize", "1")
            .entry("sparse", '0', "", endless, h -> {});
    assertTrue(refused(into(), tar).getMessage().contains("longer than the limit"));
    TarMaker cut =
        tar().pax("GNU.sparse.major", "1", "GNU.sparse.realsize", "1").file("sparse", "1\n");
    assertTrue(refused(into(), cut).has(ProblemCode.ARCHIVE_BROKEN));
    TarMaker unknown = tar().pax("SCHILY.realsize", "10").file("sparse", "1\n");
    assertTrue(refused(into(), unknown).getMessage().contains("no map of its data"));
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
    TarMaker tar = tar().pax("SCHILY.acl." + kind, text).file("file", "");
    byte[] archive = tar.closed();
    OverlayException e = refused(into().privilegedXattrs(OciTreatment.TAKE), archive);
    assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
    OciImport leaving = into().privilegedXattrs(OciTreatment.LEAVE_OUT);
    assertEquals(1, run(leaving, archive).xattrsLeftOut());
  }

  @ParameterizedTest
  @ValueSource(ints = {108, 116})
  void ownersThatNobodyCanBeAreRefused(int field) throws IOException {
    for (String binary :
        List.of("9000000000000000", "8100000000000000", "80000000ffffffff", "ffffffffffffffff")) {
      byte[] number = HexFormat.of().parseHex(binary);
      TarMaker tar =
          tar()
              .header(
                  "file",
                  '0',
                  0,
                  new byte[TarMaker.BLOCK],
                  block -> System.arraycopy(number, 0, block, field, 8));
      OverlayException e = refused(into(), tar);
      assertTrue(e.has(ProblemCode.ARCHIVE_BROKEN), binary + e);
    }
  }

  @Test
  void numbersInBinaryAreTaken() throws IOException {
    run(
        into().devices(OciTreatment.TAKE),
        tar()
            .header("file", '0', 0, new byte[512], block -> binary(block, 108, "80000000fffffffe"))
            .header(
                "old",
                '0',
                0,
                new byte[512],
                block -> binary(block, 136, "ffffffffffffffffffffffff"))
            .header(
                "node",
                '3',
                0,
                new byte[512],
                block -> {
                  binary(block, 329, "8000000000000fff");
                  binary(block, 337, "80000000000fffff");
                }));
    try (LayerDirectory root = open()) {
      assertEquals(-2, LayerEntries.present(root, Name.of("file")).owner());
      assertEquals(-1, LayerEntries.present(root, Name.of("old")).modified().getEpochSecond());
      assertEquals(0xfff, LayerEntries.present(root, Name.of("node")).deviceMajor());
      assertEquals(0xfffff, LayerEntries.present(root, Name.of("node")).deviceMinor());
    }
  }

  private static void binary(byte[] block, int offset, String hex) {
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
  void devicesThatNoKernelHasAreRefused(String major, String minor) throws IOException {
    for (char letter : new char[] {'3', '4'}) {
      TarMaker tar =
          tar()
              .header(
                  "node",
                  letter,
                  0,
                  new byte[512],
                  block -> {
                    binary(block, 329, major);
                    binary(block, 337, minor);
                  });
      byte[] archive = tar.closed();
      OverlayException e = refused(into().devices(OciTreatment.TAKE), archive);
      assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED), e.toString());
      OciImport leaving =
          OciImport.to(parent.resolve("left out" + letter))
              .store(store)
              .devices(OciTreatment.LEAVE_OUT);
      assertEquals(1, run(leaving, archive).devicesLeftOut());
      Files.delete(parent.resolve("left out" + letter));
    }
  }

  /** libarchive and star write large numbers of devices so. */
  @Test
  void numbersOfDevicesInExtendedHeadersHold() throws IOException {
    run(
        into().devices(OciTreatment.TAKE),
        tar()
            .pax("SCHILY.devmajor", "4095", "SCHILY.devminor", "1048575")
            .header("node", '4', 0, new byte[512], block -> {}));
    try (LayerDirectory root = open()) {
      assertEquals(0xfff, LayerEntries.present(root, Name.of("node")).deviceMajor());
    }
    TarMaker tar =
        tar()
            .pax("SCHILY.devmajor", "4294967296", "SCHILY.devminor", "0")
            .header("node", '3', 0, new byte[512], block -> {});
    OciImport other = OciImport.to(parent.resolve("other")).store(store).devices(OciTreatment.TAKE);
    OverlayException e = assertThrows(OverlayException.class, () -> run(other, tar));
    assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED), e.toString());
  }

  /** umoci 0.6 whites out what was in a directory that is none any more. */
  @Test
  void whiteoutsInWhatBecameAFileHideNothingMore() throws IOException {
    run(
        into(),
        tar()
            .file("gone", "file")
            .file("gone/.wh.h", "")
            .file("gone/.wh..wh..opq", "")
            .file("gone/inner/.wh.h", "")
            .symlink("link", "..")
            .file("link/.wh.h", "")
            .file("after/.wh.h", ""));
    assertEquals("file", Files.readString(layer.resolve("gone")));
    assertEquals("..", Files.readSymbolicLink(layer.resolve("link")).toString());
    try (LayerDirectory root = open();
        LayerDirectory after = root.open(Name.of("after"))) {
      assertTrue(LayerEntries.present(after, Name.of("h")).isWhiteoutDevice());
      assertTrue(root.stat(Name.of("h")).isEmpty());
    }
    try (Stream<Path> all = Files.list(layer)) {
      assertEquals(3, all.count());
    }
  }

  /** Layers of Docker's AUFS driver. Docker itself skips these names and resolves the links. */
  @Test
  void whatAufsKeepsForItselfIsLeftOut() throws IOException {
    run(
        into(),
        tar()
            .file(".wh..wh.aufs", "")
            .directory(".wh..wh.orph")
            .file(".wh..wh.orph/1", "deleted")
            .directory(".wh..wh.plnk")
            .file(".wh..wh.plnk/12.34", "shared")
            .hardLink("a/one", ".wh..wh.plnk/12.34")
            .hardLink("two", ".wh..wh.plnk/12.34")
            .file(".wh.gone", ""));
    assertEquals("shared", Files.readString(layer.resolve("a/one")));
    try (LayerDirectory root = open();
        LayerDirectory inner = root.open(Name.of("a"))) {
      assertTrue(
          LayerEntries.present(root, Name.of("two"))
              .sameInode(LayerEntries.present(inner, Name.of("one"))));
      assertTrue(LayerEntries.present(root, Name.of("gone")).isWhiteoutDevice());
      assertEquals(EntryType.FILE, LayerEntries.present(root, Name.of("two")).type());
    }
    try (Stream<Path> all = Files.list(layer)) {
      assertEquals(3, all.count());
    }
    assertFalse(Files.exists(layer.resolve(".wh..wh.plnk")));
  }
}
