package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Imports of entries in the orders and forms of honest tools. */
class ImportTest {
  private static final MarkNamespace MARKS = MarkNamespace.USER;
  private static final Instant TIME = Instant.ofEpochSecond(1_000_000_000);

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path layer = fileSystem.getPath("/layer");

  @AfterEach
  void assertAllClosed() {
    store.assertAllClosed();
  }

  private OciImportReport importLayer(TarBuilder tar) throws IOException {
    return OciImport.to(layer)
        .store(store)
        .marks(MARKS)
        .run(new ByteArrayInputStream(tar.completeBytes()));
  }

  private EntryStat statEntry(String directory, String name) throws IOException {
    try (LayerDirectory open = store.open(layer.resolve(directory))) {
      return LayerEntries.requireStat(open, name.equals(".") ? Name.SELF : Name.of(name));
    }
  }

  private boolean isOpaque(String name) throws IOException {
    try (LayerDirectory open = store.open(layer)) {
      return LayerEntries.isOpaque(open, Name.of(name), MARKS);
    }
  }

  @Test
  void directoriesKeepTimesAndModesWhateverFollows() throws IOException {
    importLayer(
        new TarBuilder()
            .addDirectory("a")
            .addEntry("a/closed/", '5', "", new byte[0], header -> header.setMode(0))
            .addFile("a/closed/first", "1")
            .addDirectory("b")
            .addFile("a/closed/later", "2")
            .addFile("b/file", "3")
            .addFile("a/last", "4")
            .addEntry("implied/late/", '5', "", new byte[0], h -> h.setMode(02711))
            .addFile("implied/late/file", "5")
            .addDirectory("implied/late")
            .addDirectory("."));
    for (String path : new String[] {"a", "b"}) {
      assertEquals(TIME, statEntry(".", path).modified(), path);
    }
    assertEquals(TIME, statEntry("a", "closed").modified());
    assertEquals(0, statEntry("a", "closed").mode());
    assertEquals(Instant.EPOCH, statEntry(".", "implied").modified());
    assertEquals(0755, statEntry(".", "implied").mode());
    assertEquals(0755, statEntry("implied", "late").mode(), "the later entry holds");
    assertEquals(TIME, statEntry("implied", "late").modified());
    assertEquals(TIME, statEntry(".", ".").modified());
    assertEquals("2", Files.readString(layer.resolve("a/closed/later")));
  }

  @Test
  void rootWithoutEntryGetsImpliedAttributes() throws IOException {
    importLayer(new TarBuilder().addFile("file", "1"));
    assertEquals(Instant.EPOCH, statEntry(".", ".").modified());
    assertEquals(0755, statEntry(".", ".").mode());
  }

  @Test
  void whiteoutsHideLowerEntriesOnly() throws IOException {
    OciImportReport report =
        importLayer(
            new TarBuilder()
                .addFile(".wh.gone", "")
                .addFile(".wh.file", "")
                .addFile("file", "new")
                .addFile("earlier", "new")
                .addFile(".wh.earlier", "")
                .addFile(".wh.directory", "")
                .addFile("directory/in", "new")
                .addDirectory("before")
                .addFile("before/in", "new")
                .addFile(".wh.before", "")
                .addFile("opaque/.wh..wh..opq", "")
                .addFile("opaque/in", "new")
                .addHardLink(".wh.linked", ".wh..wh.aufs")
                .addDirectory("plain"));
    assertEquals(7, report.whiteouts());
    assertTrue(statEntry(".", "gone").isWhiteoutDevice());
    assertTrue(statEntry(".", "linked").isWhiteoutDevice());
    for (String file : new String[] {"file", "earlier", "directory/in", "before/in", "opaque/in"}) {
      assertEquals("new", Files.readString(layer.resolve(file)), file);
    }
    for (String name : new String[] {"directory", "before", "opaque"}) {
      assertTrue(isOpaque(name), name);
    }
    assertFalse(isOpaque("plain"));
  }

  @Test
  void readsFormsOfGnuAndOlderTools() throws IOException {
    String name = "long/" + "n".repeat(200);
    String target = "t".repeat(300);
    importLayer(
        new TarBuilder()
            .addEntry("././@LongLink", 'L', "", (name + '\0').getBytes(UTF_8), h -> {})
            .addFile("cut", "1")
            .addEntry("././@LongLink", 'K', "", (target + '\0').getBytes(UTF_8), h -> {})
            .addSymlink("link", "cut")
            .addEntry("old/", '\0', "", new byte[0], h -> {})
            .addEntry("oldfile", '\0', "", "2".getBytes(UTF_8), h -> {})
            .addEntry("contiguous", '7', "", "3".getBytes(UTF_8), h -> {})
            .addEntry("g", 'g', "", "13 comment=x\n".getBytes(UTF_8), h -> {})
            .addFile(".//dotted/./file/", "")
            .addFile("./with//slashes", "4"));
    assertEquals("1", Files.readString(layer.resolve(name)));
    assertEquals(target, Files.readSymbolicLink(layer.resolve("link")).toString());
    assertTrue(Files.isDirectory(layer.resolve("old")));
    assertEquals("2", Files.readString(layer.resolve("oldfile")));
    assertEquals("3", Files.readString(layer.resolve("contiguous")));
    assertTrue(Files.isDirectory(layer.resolve("dotted/file")));
    assertEquals("4", Files.readString(layer.resolve("with/slashes")));
  }

  @Test
  void squashedOwnersBecomeThoseOfTheProcess() throws IOException {
    int mine = statEntry("/", ".").owner();
    TarBuilder tar = new TarBuilder().addEntry("file", '0', "", new byte[0], h -> h.setIds(77, 88));
    OciImport.to(layer)
        .store(store)
        .squashOwners()
        .run(new ByteArrayInputStream(tar.completeBytes()));
    assertEquals(mine, statEntry(".", "file").owner());
    Path kept = fileSystem.getPath("/kept");
    byte[] open = tar.bytesWithoutEnd();
    OciImport.to(kept).store(store).run(new ByteArrayInputStream(open));
    try (LayerDirectory directory = store.open(kept)) {
      assertEquals(77, LayerEntries.requireStat(directory, Name.of("file")).owner());
      assertEquals(88, LayerEntries.requireStat(directory, Name.of("file")).group());
    }
  }
}
