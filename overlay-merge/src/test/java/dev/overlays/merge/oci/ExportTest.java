package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The entries of exported archives, and what an export refuses. */
class ExportTest {
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;
  private static final Instant TIME = Instant.parse("2020-02-03T04:05:06.789Z");

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final PortableLayerStore store = new PortableLayerStore();
  private final FaultyLayerStore seen = new FaultyLayerStore(store);
  private final Path lower = fileSystem.getPath("/lower");
  private final Path upper = fileSystem.getPath("/upper");

  @BeforeEach
  void makeLayers() throws IOException {
    Files.createDirectory(lower);
    Files.createDirectory(upper);
    Files.createDirectory(fileSystem.getPath("/beside"));
  }

  @AfterEach
  void assertAllClosed() {
    seen.assertAllClosed();
  }

  private OverlaySpec.Builder specBuilder() {
    return OverlaySpec.builder()
        .lower(lower)
        .upper(upper)
        .work(fileSystem.getPath("/beside"))
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
  }

  private byte[] exportLayer(OciLayer layer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    layer.store(seen).compression(OciCompression.NONE).writeTo(out);
    return out.toByteArray();
  }

  /** The names as a reader of commons-compress gives them. */
  private List<String> entryNames(OciLayer layer) throws IOException {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(exportLayer(layer)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }

  private OverlayException exportRefused(OciLayer layer) {
    return assertThrows(OverlayException.class, () -> exportLayer(layer));
  }

  private void createWhiteout(String name) throws IOException {
    try (LayerDirectory directory = store.open(upper)) {
      directory.createWhiteout(Name.of(name));
    }
  }

  private void setMark(Path entry, Mark mark, String value) throws IOException {
    try (LayerDirectory directory = store.open(entry.getParent())) {
      Name name = Name.of(entry.getFileName().toString());
      directory.setXattr(name, mark.xattr(MARKS), value.getBytes(UTF_8));
    }
  }

  /** Whoever changes a byte of this changes the digest of every layer that anybody has. */
  @Test
  void sameLayerGivesTheSameBytes() throws IOException {
    Files.createDirectory(upper.resolve("directory"));
    Files.writeString(upper.resolve("directory/\u00fc"), "data");
    Files.createSymbolicLink(upper.resolve("symlink"), fileSystem.getPath("target"));
    Files.createLink(upper.resolve("link"), upper.resolve("directory/\u00fc"));
    createWhiteout("gone");
    setMark(upper.resolve("directory"), Mark.OPAQUE, "y");
    try (LayerDirectory root = store.open(upper);
        LayerDirectory directory = root.open(Name.of("directory"))) {
      setAttributes(directory, Name.of("\u00fc"), 04640);
      setAttributes(root, Name.of("symlink"), 0);
      setAttributes(root, Name.of("directory"), 01755);
      setAttributes(root, Name.SELF, 0700);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciBlob blob = OciLayer.of(upper, MARKS).store(seen).writeTo(out);
    assertEquals(
        "sha256:eacfb8cbeb4447a18468e63a92f27b6aca8b9df529c11d13f6038b664e49d744", blob.diffId());
    byte[] header = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    assertTrue(Arrays.equals(header, Arrays.copyOf(out.toByteArray(), header.length)));
    assertEquals(OciCompression.GZIP.mediaType(), "application/vnd.oci.image.layer.v1.tar+gzip");
    assertTrue(blob.descriptor().contains(blob.digest()), blob.descriptor());
  }

  private static void setAttributes(LayerDirectory directory, Name name, int mode)
      throws IOException {
    directory.setOwner(name, 1000, 2_500_000);
    directory.setTimes(name, Instant.now(), TIME);
    if (mode != 0) {
      directory.setXattr(name, "user.x", new byte[] {0, (byte) 0xff, '\n'});
      directory.setMode(name, mode);
    }
  }

  @Test
  void whiteoutsComeBeforeOtherEntries() throws IOException {
    Files.createDirectories(upper.resolve("b/inner"));
    Files.createFile(upper.resolve("a"));
    Files.createFile(upper.resolve("B"));
    createWhiteout("z");
    createWhiteout("c");
    setMark(upper.resolve("b"), Mark.OPAQUE, "y");
    setMark(upper.resolve("b/inner"), Mark.OPAQUE, "x");
    assertEquals(
        List.of("./", ".wh.c", ".wh.z", "B", "a", "b/", "b/.wh..wh..opq", "b/inner/"),
        entryNames(OciLayer.of(upper, MARKS)));
  }

  @Test
  void privatePathsAreNotExported() throws IOException {
    Files.createDirectories(upper.resolve("a/secret/in"));
    Files.createFile(upper.resolve("a/secret2"));
    createWhiteout("hidden");
    OverlaySpec spec = specBuilder().privatePath("a/secret").privatePath("hidden").build();
    assertEquals(List.of("./", "a/", "a/secret2"), entryNames(OciLayer.of(spec)));
  }

  @Test
  void renamedDirectoryIsExportedWhole() throws IOException {
    Files.createDirectories(lower.resolve("old/inner"));
    Files.createFile(lower.resolve("old/inner/file"));
    Files.createFile(lower.resolve("old/gone"));
    Files.createDirectories(upper.resolve("new"));
    try (LayerDirectory directory = store.open(upper.resolve("new"))) {
      directory.createWhiteout(Name.of("gone"));
    }
    createWhiteout("old");
    setMark(upper.resolve("new"), Mark.REDIRECT, "old");
    assertEquals(
        List.of("./", ".wh.old", "new/", "new/.wh..wh..opq", "new/inner/", "new/inner/file"),
        entryNames(OciLayer.of(specBuilder().build())));
    OverlayException e = exportRefused(OciLayer.of(upper, MARKS));
    assertTrue(e.has(ProblemCode.ARCHIVE_FORM_MISSING), e.toString());
    assertEquals("/upper/new", e.problems().get(0).path().orElseThrow().toString());
  }

  /** A path from the root leads the kernel out of an opaque directory. */
  @Test
  void redirectToItsOwnPathInOpaqueDirectoryIsExportedWhole() throws IOException {
    Files.createDirectories(lower.resolve("a/inner"));
    Files.createFile(lower.resolve("a/inner/file"));
    Files.createDirectories(upper.resolve("a/inner"));
    setMark(upper.resolve("a/inner"), Mark.REDIRECT, "/a/inner");
    OciLayer layer = OciLayer.of(specBuilder().build());
    assertEquals(List.of("./", "a/", "a/inner/"), entryNames(layer));
    setMark(upper.resolve("a"), Mark.OPAQUE, "y");
    assertEquals(
        List.of("./", "a/", "a/.wh..wh..opq", "a/inner/", "a/inner/.wh..wh..opq", "a/inner/file"),
        entryNames(layer));
  }

  @Test
  void metacopyDataComesFromTheLowers() throws IOException {
    Files.writeString(upper.resolve("meta"), "\0\0\0\0");
    setMark(upper.resolve("meta"), Mark.METACOPY, "");
    assertTrue(exportRefused(OciLayer.of(upper, MARKS)).has(ProblemCode.ARCHIVE_FORM_MISSING));
    assertTrue(
        exportRefused(OciLayer.of(specBuilder().build())).has(ProblemCode.METACOPY_DATA_MISSING));
    Files.writeString(lower.resolve("meta"), "longer");
    assertTrue(
        exportRefused(OciLayer.of(specBuilder().build())).has(ProblemCode.ARCHIVE_LAYER_CHANGED));
    Files.writeString(lower.resolve("meta"), "data");
    String archive = new String(exportLayer(OciLayer.of(specBuilder().build())), ISO_8859_1);
    assertTrue(archive.contains("data"));
  }

  @Test
  void entriesWithoutFormAreRefused() throws IOException {
    Files.createFile(upper.resolve(".wh.file"));
    assertTrue(exportRefused(OciLayer.of(upper, MARKS)).has(ProblemCode.ARCHIVE_FORM_MISSING));
    Files.delete(upper.resolve(".wh.file"));
    Files.createDirectory(upper.resolve(".wh.directory"));
    assertTrue(exportRefused(OciLayer.of(upper, MARKS)).has(ProblemCode.ARCHIVE_FORM_MISSING));
    Files.delete(upper.resolve(".wh.directory"));
    createWhiteout(".wh.whiteout");
    assertTrue(exportRefused(OciLayer.of(upper, MARKS)).has(ProblemCode.ARCHIVE_FORM_MISSING));
    Files.delete(upper.resolve(".wh.whiteout"));
    try (LayerDirectory directory = store.open(upper)) {
      directory.createNode(Name.of("socket"), EntryType.SOCKET, 0, 0);
    }
    OverlayException e = exportRefused(OciLayer.of(upper, MARKS));
    assertTrue(e.has(ProblemCode.ARCHIVE_FORM_MISSING), e.toString());
    assertTrue(e.getMessage().contains("socket"), e.toString());
  }

  @Test
  void layersOutsideTheSpecAreRefused() throws IOException {
    OverlaySpec spec = specBuilder().build();
    assertTrue(exportRefused(OciLayer.of(spec, upper)).has(ProblemCode.LAYER_NOT_FOUND));
    OverlaySpec readOnly = OverlaySpec.builder().lower(lower).lower(upper).build();
    assertTrue(exportRefused(OciLayer.of(readOnly)).has(ProblemCode.LAYER_NOT_FOUND));
    OciLayer nowhere = OciLayer.of(lower.resolve("nowhere"), MARKS);
    assertTrue(
        exportRefused(nowhere).has(ProblemCode.LAYER_NOT_FOUND), exportRefused(nowhere).toString());
  }

  /** A file that grows or shrinks between two looks would put everything behind it out of place. */
  @ParameterizedTest
  @EnumSource(names = {"OPEN", "READ"})
  void changingFileIsReported(FileOperation when) throws IOException {
    for (int length : new int[] {0, 99_999, 100_001}) {
      Path file = Files.write(upper.resolve("file"), new byte[100_000]);
      seen.setHook(
          new FaultyLayerStore.OperationHook() {
            @Override
            public void beforeReading(FileOperation operation, String path) throws IOException {
              if (operation == when && path.endsWith("file")) {
                Files.write(file, new byte[length]);
              }
            }
          });
      OverlayException e = exportRefused(OciLayer.of(upper, MARKS));
      assertTrue(e.has(ProblemCode.ARCHIVE_LAYER_CHANGED), e.toString());
    }
  }

  /** A merge keeps away while a layer is read, and the other way round. */
  @Test
  void layerIsHeldDuringExport() throws IOException {
    Files.createFile(lower.resolve("file"));
    OverlaySpec spec = specBuilder().build();
    List<OciLayer> layers =
        List.of(OciLayer.of(spec), OciLayer.of(spec, lower), OciLayer.of(lower, MARKS));
    try (Closeable claim = store.claim(spec)) {
      for (OciLayer layer : layers) {
        assertTrue(exportRefused(layer).has(ProblemCode.LAYER_LOCKED), claim::toString);
      }
    }
    List<String> answers = new ArrayList<>();
    OutputStream claiming =
        new OutputStream() {
          @Override
          public void write(int b) {
            try (Closeable claim = store.claim(spec)) {
              answers.add("claimed " + claim);
            } catch (IOException e) {
              answers.add(((OverlayException) e).problems().get(0).code().id());
            }
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            write(0);
          }
        };
    for (OciLayer layer : layers) {
      layer.store(seen).writeTo(claiming);
    }
    assertEquals(List.of("layer-in-use"), answers.stream().distinct().toList());
  }

  @ParameterizedTest
  @EnumSource
  void failingOutputIsReported(OciCompression compression) throws IOException {
    Files.write(upper.resolve("file"), new byte[1 << 20]);
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    OciLayer layer = OciLayer.of(upper, MARKS).store(seen).compression(compression);
    OverlayException e = assertThrows(OverlayException.class, () -> layer.writeTo(full));
    assertTrue(e.has(ProblemCode.ARCHIVE_NOT_WRITTEN), e.toString());
    assertTrue(e.getMessage().contains("no space left"), e.toString());
  }
}
