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
  void closed() {
    store.assertAllClosed();
  }

  private OciImportReport unpack(TarMaker tar) throws IOException {
    return OciImport.to(layer)
        .store(store)
        .marks(MARKS)
        .run(new ByteArrayInputStream(tar.closed()));
  }

  private EntryStat stat(String directory, String name) throws IOException {
    try (LayerDirectory open = store.open(layer.resolve(directory))) {
      return LayerEntries.present(open, name.equals(".") ? Name.SELF : Name.of(name));
    }
  }

  private boolean isOpaque(String name) throws IOException {
    try (LayerDirectory open = store.open(layer)) {
      return LayerEntries.isOpaque(open, Name.of(name), MARKS);
    }
  }

  @Test
  void directoriesKeepTheirTimesAndModesWhateverComesAfterThem() throws IOException {
    unpack(
        new TarMaker()
            .directory("a")
            .entry("a/closed/", '5', "", new byte[0], header -> header.setMode(0))
            .file("a/closed/first", "1")
            .directory("b")
            .file("a/closed/later", "2")
            .file("b/file", "3")
            .file("a/last", "4")
            .entry("implied/late/", '5', "", new byte[0], h -> h.setMode(02711))
            .file("implied/late/file", "5")
            .directory("implied/late")
            .directory("."));
    for (String path : new String[] {"a", "b"}) {
      assertEquals(TIME, stat(".", path).modified(), path);
    }
    assertEquals(TIME, stat("a", "closed").modified());
    assertEquals(0, stat("a", "closed").mode());
    assertEquals(Instant.EPOCH, stat(".", "implied").modified());
    assertEquals(0755, stat(".", "implied").mode());
    assertEquals(0755, stat("implied", "late").mode(), "the later entry holds");
    assertEquals(TIME, stat("implied", "late").modified());
    assertEquals(TIME, stat(".", ".").modified());
    assertEquals("2", Files.readString(layer.resolve("a/closed/later")));
  }

  @Test
  void aRootWithoutAnEntryIsLikeAnyImpliedDirectory() throws IOException {
    unpack(new TarMaker().file("file", "1"));
    assertEquals(Instant.EPOCH, stat(".", ".").modified());
    assertEquals(0755, stat(".", ".").mode());
  }

  @Test
  void whiteoutsHideWhatIsBelowAndNothingBesides() throws IOException {
    OciImportReport report =
        unpack(
            new TarMaker()
                .file(".wh.gone", "")
                .file(".wh.file", "")
                .file("file", "new")
                .file("earlier", "new")
                .file(".wh.earlier", "")
                .file(".wh.directory", "")
                .file("directory/in", "new")
                .directory("before")
                .file("before/in", "new")
                .file(".wh.before", "")
                .file("opaque/.wh..wh..opq", "")
                .file("opaque/in", "new")
                .hardLink(".wh.linked", ".wh..wh.aufs")
                .directory("plain"));
    assertEquals(7, report.whiteouts());
    assertTrue(stat(".", "gone").isWhiteoutDevice());
    assertTrue(stat(".", "linked").isWhiteoutDevice());
    for (String file : new String[] {"file", "earlier", "directory/in", "before/in", "opaque/in"}) {
      assertEquals("new", Files.readString(layer.resolve(file)), file);
    }
    for (String name : new String[] {"directory", "before", "opaque"}) {
      assertTrue(isOpaque(name), name);
    }
    assertFalse(isOpaque("plain"));
  }

  @Test
  void readsWhatGnuAndOlderToolsWrite() throws IOException {
    String name = "long/" + "n".repeat(200);
    String target = "t".repeat(300);
    unpack(
        new TarMaker()
            .entry("././@LongLink", 'L', "", (name + '\0').getBytes(UTF_8), h -> {})
            .file("cut", "1")
            .entry("././@LongLink", 'K', "", (target + '\0').getBytes(UTF_8), h -> {})
            .symlink("link", "cut")
            .entry("old/", '\0', "", new byte[0], h -> {})
            .entry("oldfile", '\0', "", "2".getBytes(UTF_8), h -> {})
            .entry("contiguous", '7', "", "3".getBytes(UTF_8), h -> {})
            .entry("g", 'g', "", "13 comment=x\n".getBytes(UTF_8), h -> {})
            .file(".//dotted/./file/", "")
            .file("./with//slashes", "4"));
    assertEquals("1", Files.readString(layer.resolve(name)));
    assertEquals(target, Files.readSymbolicLink(layer.resolve("link")).toString());
    assertTrue(Files.isDirectory(layer.resolve("old")));
    assertEquals("2", Files.readString(layer.resolve("oldfile")));
    assertEquals("3", Files.readString(layer.resolve("contiguous")));
    assertTrue(Files.isDirectory(layer.resolve("dotted/file")));
    assertEquals("4", Files.readString(layer.resolve("with/slashes")));
  }

  @Test
  void squashedOwnersAreThoseOfTheProcess() throws IOException {
    int mine = stat("/", ".").owner();
    TarMaker tar = new TarMaker().entry("file", '0', "", new byte[0], h -> h.setIds(77, 88));
    OciImport.to(layer).store(store).squashOwners().run(new ByteArrayInputStream(tar.closed()));
    assertEquals(mine, stat(".", "file").owner());
    Path kept = fileSystem.getPath("/kept");
    byte[] open = tar.open();
    OciImport.to(kept).store(store).run(new ByteArrayInputStream(open));
    try (LayerDirectory directory = store.open(kept)) {
      assertEquals(77, LayerEntries.present(directory, Name.of("file")).owner());
      assertEquals(88, LayerEntries.present(directory, Name.of("file")).group());
    }
  }
}
