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
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.oci.value.OciTreatment;
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

  private OciImport importIntoLayer() {
    return OciImport.to(parent.resolve("layer")).store(store).marks(MarkNamespace.USER);
  }

  /** Helpers refuse the same. */
  private OverlayException importRefused(OciImport into, byte[] archive) throws IOException {
    OverlayException e = importRefused(into, new ByteArrayInputStream(archive));
    OverlayException other = importRefused(into.workers(3), new ByteArrayInputStream(archive));
    assertEquals(e.problems(), other.problems());
    return e;
  }

  private OverlayException importRefused(OciImport into, InputStream archive) throws IOException {
    OverlayException e = assertThrows(OverlayException.class, () -> into.run(archive));
    store.assertAllClosed();
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(), left.toList(), e.toString());
    }
    assertEquals("untouched", Files.readString(outside));
    return e;
  }

  private static TarBuilder newTar() {
    return new TarBuilder();
  }

  private static Arguments unsafeCase(String entry, TarBuilder tar) {
    return Arguments.of(ProblemCode.ARCHIVE_ENTRY_UNSAFE, entry, tar);
  }

  private static Arguments unsupportedCase(String entry, TarBuilder tar) {
    return Arguments.of(ProblemCode.ARCHIVE_ENTRY_UNSUPPORTED, entry, tar);
  }

  private static Arguments privilegedCase(String entry, TarBuilder tar) {
    return Arguments.of(ProblemCode.ARCHIVE_ENTRY_PRIVILEGED, entry, tar);
  }

  private static Arguments brokenCase(String what, TarBuilder tar) {
    return Arguments.of(ProblemCode.ARCHIVE_BROKEN, what, tar);
  }

  private static TarBuilder deviceTar(String path, char letter, int major, int minor) {
    return newTar()
        .addEntry(
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
        unsafeCase("\"/etc/passwd\"", newTar().addFile("/etc/passwd", "x")),
        unsafeCase("\"/abs\"", newTar().addPaxRecords("path", "/abs").addFile("a", "x")),
        unsafeCase(
            "\"/gnu\"",
            newTar().addEntry("L", 'L', "", "/gnu\0".getBytes(UTF_8), h -> {}).addFile("a", "")),
        unsafeCase("\"../outside\"", newTar().addFile("../outside", "x")),
        unsafeCase(
            "\"a/../../outside\"", newTar().addDirectory("a").addFile("a/../../outside", "x")),
        unsafeCase("\"a/..\"", newTar().addPaxRecords("path", "a/..").addFile("a", "x")),
        unsafeCase("\"nul?name\"", newTar().addPaxRecords("path", "nul\0name").addFile("a", "x")),
        unsafeCase("\"out/outside\"", newTar().addSymlink("out", "/").addFile("out/outside", "x")),
        unsafeCase("\"up/outside\"", newTar().addSymlink("up", "../..").addFile("up/outside", "x")),
        unsafeCase("\"up/\"", newTar().addSymlink("up", "..").addDirectory("up")),
        unsafeCase("\"file/in\"", newTar().addFile("file", "x").addFile("file/in", "x")),
        unsafeCase("\"file/\"", newTar().addFile("file", "x").addDirectory("file")),
        unsafeCase("\"dir\"", newTar().addDirectory("dir").addFile("dir", "x")),
        unsafeCase("\"dir\"", newTar().addFile("dir/in", "x").addSymlink("dir", "x")),
        unsafeCase("\"twice\"", newTar().addFile("twice", "1").addFile("twice", "2")),
        unsafeCase("\"twice\"", newTar().addFile("twice", "1").addHardLink("twice", "twice")),
        unsafeCase("\"link\"", newTar().addHardLink("link", "/outside")),
        unsafeCase("\"link\"", newTar().addHardLink("link", "../outside")),
        unsafeCase("\"link\"", newTar().addHardLink("link", "missing")),
        unsafeCase("\"link\"", newTar().addHardLink("link", ".")),
        unsafeCase("\"link\"", newTar().addHardLink("link", "link")),
        unsafeCase("\"link\"", newTar().addDirectory("dir").addHardLink("link", "dir")),
        unsafeCase("\"link\"", newTar().addSymlink("s", "/").addHardLink("link", "s/outside")),
        unsafeCase("\"link\"", newTar().addFile(".wh.gone", "").addHardLink("link", "gone")),
        unsafeCase("\"link\"", newTar().addFile(".wh.gone", "").addHardLink("link", ".wh.gone")),
        unsafeCase("\".wh.\"", newTar().addFile(".wh.", "")),
        unsafeCase("\".wh..\"", newTar().addFile(".wh..", "")),
        unsafeCase("\".wh...\"", newTar().addFile(".wh...", "")),
        unsafeCase("\"a/.wh...\"", newTar().addFile("a/.wh...", "")),
        unsafeCase("\".wh..wh.x\"", newTar().addFile(".wh..wh.x", "")),
        unsafeCase("\".wh..wh..wh.x\"", newTar().addFile(".wh..wh..wh.x", "")),
        unsafeCase("\".wh.d/\"", newTar().addDirectory(".wh.d")),
        unsafeCase("\".wh.s\"", newTar().addSymlink(".wh.s", "x")),
        unsafeCase("\".wh.d/in\"", newTar().addFile(".wh.d/in", "x")),
        unsafeCase("\".\"", newTar().addSymlink(".", "x")),
        unsafeCase("\"s\"", newTar().addSymlink("s", "")),
        unsafeCase("\"x\"", newTar().addPaxRecords("SCHILY.xattr.", "v").addFile("x", "")),
        unsafeCase("\"x\"", newTar().addPaxRecords("SCHILY.xattr.user.a\0b", "v").addFile("x", "")),
        unsupportedCase("\".wh..wh..opq\"", newTar().addFile(".wh..wh..opq", "")),
        unsupportedCase("\"w\"", deviceTar("w", '3', 0, 0)),
        unsafeCase("\".wh..wh.plnk/x\"", newTar().addHardLink("b", ".wh..wh.plnk/x")),
        unsupportedCase("\"volume\"", newTar().addEntry("volume", 'V', "", new byte[0], h -> {})),
        unsupportedCase("\"many\"", newTar().addEntry("many", 'M', "", new byte[0], h -> {})),
        unsupportedCase(
            "path=", newTar().addEntry("g", 'g', "", "9 path=a\n".getBytes(UTF_8), h -> {})),
        privilegedCase("\"d\"", deviceTar("d", '3', 1, 3)),
        privilegedCase("\"b\"", deviceTar("b", '4', 0, 0)),
        privilegedCase(
            "\"suid\"", newTar().addEntry("suid", '0', "", new byte[0], h -> h.setMode(04755))),
        privilegedCase(
            "\"sgid\"", newTar().addEntry("sgid", '0', "", new byte[0], h -> h.setMode(02755))),
        privilegedCase(
            "\"x\"",
            newTar().addPaxRecords("SCHILY.xattr.security.capability", "v").addFile("x", "")),
        privilegedCase(
            "\"x\"", newTar().addPaxRecords("SCHILY.xattr.trusted.x", "v").addFile("x", "")),
        privilegedCase(
            "\"x\"",
            newTar().addPaxRecords("SCHILY.xattr.trusted.overlay.overlay.x", "").addFile("x", "")),
        brokenCase("size of \"a\"", newTar().addPaxRecords("size", "-1").addFile("a", "x")),
        brokenCase(
            "size of \"a\"",
            newTar().addPaxRecords("size", "99999999999999999999").addFile("a", "x")),
        brokenCase("size of \"a\"", newTar().addPaxRecords("size", "1x").addFile("a", "x")),
        brokenCase("uid of \"a\"", newTar().addPaxRecords("uid", "4294967295").addFile("a", "x")),
        brokenCase(
            "time of \"a\"", newTar().addPaxRecords("mtime", "1e999999999").addFile("a", "x")),
        brokenCase(
            "two extended",
            newTar().addPaxRecords("uid", "1").addPaxRecords("uid", "2").addFile("a", "x")),
        brokenCase("after an extended header", newTar().addPaxRecords("uid", "1")),
        brokenCase("check sum is wrong", newTar().addBytes(wrongCheckSum())),
        brokenCase(
            "extended header",
            newTar().addEntry("x", 'x', "", "99 a=b\n".getBytes(UTF_8), h -> {}).addFile("a", "")),
        brokenCase(
            "extended header",
            newTar().addEntry("x", 'x', "", "0 a=b\n".getBytes(UTF_8), h -> {}).addFile("a", "")),
        brokenCase(
            "extended header",
            newTar().addEntry("x", 'x', "", "-9 a=b\n".getBytes(UTF_8), h -> {}).addFile("a", "")),
        brokenCase(
            "extended header",
            newTar().addEntry("x", 'x', "", "6 abc\n".getBytes(UTF_8), h -> {}).addFile("a", "")),
        brokenCase(
            "extended header",
            newTar().addEntry("x", 'x', "", new byte[] {' '}, h -> {}).addFile("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "names",
            newTar().addPaxRecords("path", "a/".repeat(200)).addFile("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "255",
            newTar().addPaxRecords("path", name + name).addFile("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "too long",
            newTar().addPaxRecords("path", ("a".repeat(200) + "/").repeat(25)).addFile("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "headers",
            newTar().addPaxRecords("comment", "c".repeat(1 << 20)).addFile("a", "")),
        Arguments.of(
            ProblemCode.ARCHIVE_TOO_LARGE,
            "headers",
            newTar()
                .addEntry("L", 'L', "", new byte[0], h -> h.setSize(1L << 40))
                .addFile("a", "")));
  }

  private static byte[] wrongCheckSum() {
    byte[] archive = newTar().addFile("a", "").bytesWithoutEnd();
    archive[0] = 'b';
    return archive;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("hostile")
  void isRefusedAndLeavesNothing(ProblemCode code, String mentioned, TarBuilder tar)
      throws IOException {
    OverlayException e = importRefused(importIntoLayer(), tar.completeBytes());
    assertEquals(code, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
    assertEquals(parent.resolve("layer"), e.problems().get(0).path().orElseThrow());
  }

  @Test
  void cutOrContinuedArchiveIsBroken() throws IOException {
    byte[] whole = newTar().addFile("a", "x".repeat(1000)).completeBytes();
    // One of the two zero blocks at the end may be missing.
    for (int length = 0; length < whole.length - TarBuilder.BLOCK_SIZE; length += 100) {
      brokenCase(Arrays.copyOf(whole, length), "ends");
    }
    brokenCase(Arrays.copyOf(whole, whole.length - 2 * TarBuilder.BLOCK_SIZE), "ends");
    byte[] more = Arrays.copyOf(whole, whole.length + 100);
    more[more.length - 1] = 1;
    brokenCase(more, "follows");
    brokenCase(Arrays.copyOf(whole, whole.length + (2 << 20)), "follows");
    byte[] packed = gzipped(whole);
    brokenCase(Arrays.copyOf(packed, packed.length - 5), "");
    brokenCase(Arrays.copyOf(packed, 30), "");
    brokenCase(Arrays.copyOf(packed, 5), "");
    byte[] garbage = Arrays.copyOf(packed, packed.length + 10);
    garbage[garbage.length - 1] = 1;
    brokenCase(garbage, "");
    brokenCase("neither of both".repeat(100).getBytes(UTF_8), "compression is unknown");
  }

  private void brokenCase(byte[] archive, String mentioned) throws IOException {
    OverlayException e = importRefused(importIntoLayer(), archive);
    assertEquals(ProblemCode.ARCHIVE_BROKEN, e.problems().get(0).code(), e.toString());
    assertTrue(e.getMessage().contains(mentioned), e.toString());
  }

  private static byte[] gzipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void sizeOfALinkHidesNoEntry() throws IOException {
    // Only files have data, so the data that a link claims is read as the next header.
    byte[] hidden = newTar().addFile("hidden", "x").bytesWithoutEnd();
    byte[] archive =
        newTar()
            .addEntry("s", '2', "x", new byte[0], h -> h.setSize(hidden.length))
            .addBytes(hidden)
            .completeBytes();
    importIntoLayer().run(new ByteArrayInputStream(archive));
    assertTrue(Files.exists(parent.resolve("layer/hidden")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"entries", "total", "file", "ratio"})
  void archivesOverALimitAreRefused(String limit) throws IOException {
    OciLimits limits = OciLimits.DEFAULTS;
    UnaryOperator<OciLimits> less =
        switch (limit) {
          case "entries" -> some -> some.withEntries(2);
          case "total" -> some -> some.withBytes(19, 10);
          case "file" -> some -> some.withBytes(100, 9);
          default -> some -> some.withRatio(10);
        };
    byte[] archive =
        newTar()
            .addFile("1", "1234567890")
            .addFile("2", "1234567890")
            .addDirectory("3")
            .completeBytes();
    OciImport wide = importIntoLayer().limits(limits.withEntries(3).withBytes(20, 10));
    if (limit.equals("ratio")) {
      archive =
          gzipped(newTar().addEntry("z", '0', "", new byte[70 << 20], h -> {}).completeBytes());
    }
    OverlayException e = importRefused(importIntoLayer().limits(less.apply(limits)), archive);
    assertEquals(ProblemCode.ARCHIVE_TOO_LARGE, e.problems().get(0).code(), e.toString());
    if (!limit.equals("ratio")) {
      wide.run(new ByteArrayInputStream(archive));
    }
  }

  @Test
  void leavesOutPrivilegedEntriesOnRequest() throws IOException {
    byte[] archive =
        newTar()
            .addPaxRecords("SCHILY.xattr.trusted.x", "v", "SCHILY.xattr.user.kept", "v")
            .addEntry("suid", '0', "", new byte[0], h -> h.setMode(06755))
            .addBytes(deviceTar("d", '3', 1, 3).bytesWithoutEnd())
            .addBytes(deviceTar("pipe", '6', 0, 0).bytesWithoutEnd())
            .completeBytes();
    OciImportReport report =
        importIntoLayer()
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
  void overlayMarksAreNeverTaken() throws IOException {
    TarBuilder tar = newTar();
    String[] marks = {
      "user.overlay.opaque", "trusted.overlay.redirect", "user.fuseoverlayfs.opaque"
    };
    for (String mark : marks) {
      tar.addPaxRecords("SCHILY.xattr." + mark, "y").addDirectory(mark);
    }
    tar.addPaxRecords("SCHILY.xattr.user.overlay.whiteout", "").addFile("file", "");
    for (OciTreatment treatment : OciTreatment.values()) {
      Path target = parent.resolve(treatment.name());
      OciImportReport report =
          OciImport.to(target)
              .store(store)
              .privilegedXattrs(treatment)
              .run(new ByteArrayInputStream(completeBytes(tar)));
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

  private static byte[] completeBytes(TarBuilder tar) {
    byte[] open = tar.bytesWithoutEnd();
    return Arrays.copyOf(open, open.length + 2 * TarBuilder.BLOCK_SIZE);
  }

  @Test
  void wrongDigestIsRefused() throws IOException {
    byte[] archive = gzipped(newTar().addFile("a", "x").completeBytes());
    OverlayException e =
        importRefused(importIntoLayer().digest("sha256:" + "0".repeat(64)), archive);
    assertTrue(e.has(ProblemCode.ARCHIVE_DIGEST_WRONG), e.toString());
    OciBlob blob = importIntoLayer().run(new ByteArrayInputStream(archive)).blob();
    for (String digest : List.of(blob.digest(), blob.diffId())) {
      OciImport.to(parent.resolve(digest))
          .store(store)
          .digest(digest)
          .run(new ByteArrayInputStream(archive));
    }
    assertThrows(IllegalArgumentException.class, () -> importIntoLayer().digest("md5:1"));
  }

  @Test
  void existingTargetIsRefusedAndStays() throws IOException {
    Files.createDirectory(parent.resolve("layer"));
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () ->
                importIntoLayer()
                    .run(new ByteArrayInputStream(newTar().addFile("a", "x").completeBytes())));
    assertTrue(e.has(ProblemCode.ARCHIVE_TARGET_EXISTS), e.toString());
    try (Stream<Path> left = Files.list(parent)) {
      assertEquals(List.of(parent.resolve("layer")), left.toList());
    }
  }

  @Test
  void failingInputIsReportedAsSuch() throws IOException {
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
    byte[] start = gzipped(newTar().addFile("a", "x".repeat(100_000)).completeBytes());
    for (int length : new int[] {0, 4, 20, 150}) {
      InputStream in =
          new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOf(start, length)), failing);
      OverlayException e = importRefused(importIntoLayer(), in);
      assertTrue(e.has(ProblemCode.ARCHIVE_NOT_UNPACKED), e.toString());
      assertTrue(e.getMessage().contains("the line is dead"), e.toString());
    }
  }
}
