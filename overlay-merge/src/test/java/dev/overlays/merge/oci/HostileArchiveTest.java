package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile archives: each is refused with the entry named, and nothing is left. */
class HostileArchiveTest {
  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path parent = fileSystem.getPath("/parent");
  private final Path outside = fileSystem.getPath("/outside");

  @BeforeEach
  void makeParent() throws IOException {
    Files.createDirectory(parent);
    Files.writeString(outside, "untouched");
  }

  private OciImport into() {
    return OciImport.to(parent.resolve("layer")).store(store).marks(MarkNamespace.USER);
  }

  private OverlayException refused(OciImport into, byte[] archive) throws IOException {
    return refused(into, new ByteArrayInputStream(archive));
  }

  private OverlayException refused(OciImport into, InputStream archive) throws IOException {
    OverlayException e = assertThrows(OverlayException.class, () -> into.run(archive));
    store.assertAllClosed();
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(), left.toList(), e.toString());
    }
    assertEquals("untouched", Files.readString(outside));
    return e;
  }

  private static TarMaker tar() {
    return new TarMaker();
  }

  private static Arguments unsafe(String entry, TarMaker tar) {
    return Arguments.of(ProblemCode.ARCHIVE_ENTRY_UNSAFE, entry, tar);
  }

  private static Arguments unsupported(String entry, TarMaker tar) {
    return Arguments.of(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED, entry, tar);
  }

  private static Arguments privileged(String entry, TarMaker tar) {
    return Arguments.of(ProblemCode.ARCHIVE_ENTRY_PRIVILEGED, entry, tar);
  }

  private static Arguments broken(String what, TarMaker tar) {
    return Arguments.of(ProblemCode.ARCHIVE_BROKEN, what, tar);
  }

  private static TarMaker special(String path, char letter, int major, int minor) {
    return tar()
        .entry(
            path,
            letter,
            "",
            new byte[0],
            header -> {
              header.setDevMajor(major);
              header.setDevMinor(minor);
            });
  }

  static Stream<Arguments> hostile() {
    String name = "n".repeat(250);
    return Stream.of(
        unsafe("\"/etc/passwd\"", tar().file("/etc/passwd", "x")),
        unsafe("\"/abs\"", tar().pax("path", "/abs").file("a", "x")),
        unsafe(
            "\"/gnu\"", tar().entry("L", 'L', "", "/gnu\0".getBytes(UTF_8), h -> {}).file("a", "")),
        unsafe("\"../outside\"", tar().file("../outside", "x")),
        unsafe("\"a/../../outside\"", tar().directory("a").file("a/../../outside", "x")),
        unsafe("\"a/..\"", tar().pax("path", "a/..").file("a", "x")),
        unsafe("\"nul?name\"", tar().pax("path", "nul\0name").file("a", "x")),
        unsafe("\"out/outside\"", tar().symlink("out", "/").file("out/outside", "x")),
        unsafe("\"up/outside\"", tar().symlink("up", "../..").file("up/outside", "x")),
        unsafe("\"up/\"", tar().symlink("up", "..").directory("up")),
        unsafe("\"file/in\"", tar().file("file", "x").file("file/in", "x")),
        unsafe("\"file/\"", tar().file("file", "x").directory("file")),
        unsafe("\"dir\"", tar().directory("dir").file("dir", "x")),
        unsafe("\"dir\"", tar().file("dir/in", "x").symlink("dir", "x")),
        unsafe("\"twice\"", tar().file("twice", "1").file("twice", "2")),
        unsafe("\"twice\"", tar().file("twice", "1").hardLink("twice", "twice")),
        unsafe("\"link\"", tar().hardLink("link", "/outside")),
        unsafe("\"link\"", tar().hardLink("link", "../outside")),
        unsafe("\"link\"", tar().hardLink("link", "missing")),
        unsafe("\"link\"", tar().hardLink("link", ".")),
        unsafe("\"link\"", tar().hardLink("link", "link")),
        unsafe("\"link\"", tar().directory("dir").hardLink("link", "dir")),
        unsafe("\"link\"", tar().symlink("s", "/").hardLink("link", "s/outside")),
        unsafe("\"link\"", tar().file(".wh.gone", "").hardLink("link", "gone")),
        unsafe("\"link\"", tar().file(".wh.gone", "").hardLink("link", ".wh.gone")),
        unsafe("\".wh.\"", tar().file(".wh.", "")),
        unsafe("\".wh..\"", tar().file(".wh..", "")),
        unsafe("\".wh...\"", tar().file(".wh...", "")),
        unsafe("\"a/.wh...\"", tar().file("a/.wh...", "")),
        unsafe("\".wh..wh.x\"", tar().file(".wh..wh.x", "")),
        unsafe("\".wh..wh..wh.x\"", tar().file(".wh..wh..wh.x", "")),
        unsafe("\".wh.d/\"", tar().directory(".wh.d")),
        unsafe("\".wh.s\"", tar().symlink(".wh.s", "x")),
        unsafe("\".wh.d/in\"", tar().file(".wh.d/in", "x")),
        unsafe("\".\"", tar().symlink(".", "x")),
        unsafe("\"s\"", tar().symlink("s", "")),
        unsafe("\"x\"", tar().pax("SCHILY.xattr.", "v").file("x", "")),
        unsafe("\"x\"", tar().pax("SCHILY.xattr.user.a\0b", "v").file("x", "")),
        unsupported("\".wh..wh..opq\"", tar().file(".wh..wh..opq", "")),
        unsupported("\"w\"", special("w", '3', 0, 0)),
        unsafe("\".wh..wh.plnk/x\"", tar().hardLink("b", ".wh..wh.plnk/x")),
        unsupported("\"volume\"", tar().entry("volume", 'V', "", new byte[0], h -> {})),
        unsupported("\"many\"", tar().entry("many", 'M', "", new byte[0], h -> {})),
        unsupported("path=", tar().entry("g", 'g', "", "9 path=a\n".getBytes(UTF_8), h -> {})),
        privileged("\"d\"", special("d", '3', 1, 3)),
        privileged("\"b\"", special("b", '4', 0, 0)),
        privileged("\"suid\"", tar().entry("suid", '0', "", new byte[0], h -> h.setMode(04755))),
        privileged("\"sgid\"", tar().entry("sgid", '0', "", new byte[0], h -> h.setMode(02755))),
        privileged("\"x\"", tar().pax("SCHILY.xattr.security.capability", "v").file("x", "")),
        privileged("\"x\"", tar().pax("SCHILY.xattr.trusted.x", "v").file("x", "")),
        privileged("\"x\"", tar().pax("SCHILY.xattr.trusted.overlay.overlay.x", "").file("x", "")),
        broken("size of \"a\"", tar().pax("size", "-1").file("a", "x")),
        broken("size of \"a\"", tar().pax("size", "99999999999999999999").file("a", "x")),
        broken("size of \"a\"", tar().pax("size", "1x").file("a", "x")),
        broken("uid of \"a\"", tar().pax("uid", "4294967295").file("a", "x")),
        broken("time of \"a\"", tar().pax("mtime", "1e999999999").file("a", "x")),
        broken("two extended", tar().pax("uid", "1").pax("uid", "2").file("a", "x")),
        broken("after an extended header", tar().pax("uid", "1")),
        broken("check sum is wrong", tar().raw(wrongCheckSum())),
        broken(
            "extended header",
            tar().entry("x", 'x', "", "99 a=b\n".getBytes(UTF_8), h -> {}).file("a", "")),
        broken(
            "extended header",
            tar().entry("x", 'x', "", "0 a=b\n".getBytes(UTF_8), h -> {}).file("a", "")),
        broken(
            "extended header",
            tar().entry("x", 'x', "", "-9 a=b\n".getBytes(UTF_8), h -> {}).file("a", "")),
        broken(
            "extended header",
            tar().entry("x", 'x', "", "6 abc\n".getBytes(UTF_8), h -> {}).file("a", "")),
        broken(
            "extended header", tar().entry("x", 'x', "", new byte[] {' '}, h -> {}).file("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "names",
            tar().pax("path", "a/".repeat(200)).file("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE, "255", tar().pax("path", name + name).file("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "too long",
            tar().pax("path", ("a".repeat(200) + "/").repeat(25)).file("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "headers",
            tar().pax("comment", "c".repeat(1 << 20)).file("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "headers",
            tar().entry("L", 'L', "", new byte[0], h -> h.setSize(1L << 40)).file("a", "")));
  }

  private static byte[] wrongCheckSum() {
    byte[] archive = tar().file("a", "").open();
    archive[0] = 'b';
    return archive;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("hostile")
  void isRefusedAndLeavesNothing(ProblemCode code, String mentioned, TarMaker tar)
      throws IOException {
    OverlayException e = refused(into(), tar.closed());
    assertEquals(code, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
    assertEquals(parent.resolve("layer"), e.problems().get(0).path().orElseThrow());
  }

  @Test
  void endsTooEarlyOrTooLate() throws IOException {
    byte[] whole = tar().file("a", "x".repeat(1000)).closed();
    // One of the two zero blocks at the end may be missing.
    for (int length = 0; length < whole.length - TarMaker.BLOCK; length += 100) {
      broken(Arrays.copyOf(whole, length), "ends");
    }
    broken(Arrays.copyOf(whole, whole.length - 2 * TarMaker.BLOCK), "ends");
    byte[] more = Arrays.copyOf(whole, whole.length + 100);
    more[more.length - 1] = 1;
    broken(more, "follows");
    broken(Arrays.copyOf(whole, whole.length + (2 << 20)), "follows");
    byte[] packed = gzip(whole);
    broken(Arrays.copyOf(packed, packed.length - 5), "");
    broken(Arrays.copyOf(packed, 30), "");
    broken(Arrays.copyOf(packed, 5), "");
    byte[] garbage = Arrays.copyOf(packed, packed.length + 10);
    garbage[garbage.length - 1] = 1;
    broken(garbage, "");
    broken("neither of both".repeat(100).getBytes(UTF_8), "compression is unknown");
  }

  private void broken(byte[] archive, String mentioned) throws IOException {
    OverlayException e = refused(into(), archive);
    assertEquals(ProblemCode.ARCHIVE_BROKEN, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void aSizeThatLiesIsNoWayToHideAnEntry() throws IOException {
    // Only files have data, so the data that a link claims is read as the next header.
    byte[] hidden = tar().file("hidden", "x").open();
    byte[] archive =
        tar().entry("s", '2', "x", new byte[0], h -> h.setSize(hidden.length)).raw(hidden).closed();
    into().run(new ByteArrayInputStream(archive));
    assertTrue(Files.exists(parent.resolve("layer/hidden")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"entries", "total", "file", "ratio"})
  void limitsHold(String limit) throws IOException {
    OciLimits limits = OciLimits.DEFAULTS;
    UnaryOperator<OciLimits> less =
        switch (limit) {
          case "entries" -> some -> some.withEntries(2);
          case "total" -> some -> some.withBytes(19, 10);
          case "file" -> some -> some.withBytes(100, 9);
          default -> some -> some.withRatio(10);
        };
    byte[] archive = tar().file("1", "1234567890").file("2", "1234567890").directory("3").closed();
    OciImport wide = into().limits(limits.withEntries(3).withBytes(20, 10));
    if (limit.equals("ratio")) {
      archive = gzip(tar().entry("z", '0', "", new byte[70 << 20], h -> {}).closed());
    }
    OverlayException e = refused(into().limits(less.apply(limits)), archive);
    assertEquals(ProblemCode.ARCHIVE_TOO_LARGE, e.problems().get(0).code(), e.toString());
    if (!limit.equals("ratio")) {
      wide.run(new ByteArrayInputStream(archive));
    }
  }

  @Test
  void leavesOutWhatItIsToldTo() throws IOException {
    byte[] archive =
        tar()
            .pax("SCHILY.xattr.trusted.x", "v", "SCHILY.xattr.user.kept", "v")
            .entry("suid", '0', "", new byte[0], h -> h.setMode(06755))
            .raw(special("d", '3', 1, 3).open())
            .raw(special("pipe", '6', 0, 0).open())
            .closed();
    OciImportReport report =
        into()
            .devices(OciTreatment.LEAVE_OUT)
            .setIds(OciTreatment.LEAVE_OUT)
            .privilegedXattrs(OciTreatment.LEAVE_OUT)
            .run(new ByteArrayInputStream(archive));
    assertEquals(
        List.of(1L, 1L, 1L),
        List.of(report.devicesLeftOut(), report.setIdsLeftOut(), report.xattrsLeftOut()));
    assertFalse(Files.exists(parent.resolve("layer/d")));
    assertTrue(Files.exists(parent.resolve("layer/pipe")));
    try (LayerDirectory layer = store.open(parent.resolve("layer"))) {
      Name suid = Name.of("suid");
      assertEquals(0755, layer.stat(suid).orElseThrow().mode());
      assertEquals(List.of("user.kept"), layer.xattrs(suid));
    }
  }

  @Test
  void neverTakesMarks() throws IOException {
    TarMaker tar = tar();
    String[] marks = {
      "user.overlay.opaque", "trusted.overlay.redirect", "user.fuseoverlayfs.opaque"
    };
    for (String mark : marks) {
      tar.pax("SCHILY.xattr." + mark, "y").directory(mark);
    }
    tar.pax("SCHILY.xattr.user.overlay.whiteout", "").file("file", "");
    for (OciTreatment treatment : OciTreatment.values()) {
      Path target = parent.resolve(treatment.name());
      OciImportReport report =
          OciImport.to(target)
              .store(store)
              .privilegedXattrs(treatment)
              .run(new ByteArrayInputStream(closed(tar)));
      assertEquals(4, report.xattrsLeftOut());
      assertEquals(0, report.whiteouts());
      try (LayerDirectory layer = store.open(target)) {
        for (String mark : marks) {
          assertEquals(List.of(), layer.xattrs(Name.of(mark)));
        }
        assertEquals(List.of(), layer.xattrs(Name.of("file")));
      }
    }
  }

  private static byte[] closed(TarMaker tar) {
    byte[] open = tar.open();
    return Arrays.copyOf(open, open.length + 2 * TarMaker.BLOCK);
  }

  @Test
  void anotherArchiveThanAskedForIsRefused() throws IOException {
    byte[] archive = gzip(tar().file("a", "x").closed());
    OverlayException e = refused(into().digest("sha256:" + "0".repeat(64)), archive);
    assertTrue(e.has(ProblemCode.ARCHIVE_DIGEST_WRONG), e.toString());
    OciBlob blob = into().run(new ByteArrayInputStream(archive)).blob();
    for (String digest : List.of(blob.digest(), blob.diffId())) {
      OciImport.to(parent.resolve(digest))
          .store(store)
          .digest(digest)
          .run(new ByteArrayInputStream(archive));
    }
    assertThrows(IllegalArgumentException.class, () -> into().digest("md5:1"));
  }

  @Test
  void whatIsThereAlreadyStays() throws IOException {
    Files.createDirectory(parent.resolve("layer"));
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () -> into().run(new ByteArrayInputStream(tar().file("a", "x").closed())));
    assertTrue(e.has(ProblemCode.ARCHIVE_TARGET_EXISTS), e.toString());
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(parent.resolve("layer")), left.toList());
    }
  }

  @Test
  void aStreamThatFailsIsToldAsSuch() throws IOException {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line is dead");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    byte[] start = gzip(tar().file("a", "x".repeat(100_000)).closed());
    for (int length : new int[] {0, 4, 20, 150}) {
      InputStream in =
          new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOf(start, length)), failing);
      OverlayException e = refused(into(), in);
      assertTrue(e.has(ProblemCode.ARCHIVE_NOT_UNPACKED), e.toString());
      assertTrue(e.getMessage().contains("the line is dead"), e.toString());
    }
  }
}
