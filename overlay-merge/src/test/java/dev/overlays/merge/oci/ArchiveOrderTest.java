package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.oci.tar.TarReader;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The order of an archive, on which tools that stream rely. */
class ArchiveOrderTest {
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path lower = fileSystem.getPath("/layers/lower");
  private final Path upper = fileSystem.getPath("/layers/upper");
  private final Path work = fileSystem.getPath("/layers/work");
  private final long seed = new Random().nextInt();

  @BeforeEach
  void makeLayers() throws IOException {
    for (Path layer : List.of(lower, upper, work)) {
      Files.createDirectories(layer);
    }
  }

  private OverlaySpec.Builder specBuilder() {
    return OverlaySpec.builder()
        .lower(lower)
        .upper(upper)
        .work(work)
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
  }

  private List<TarEntry> exportedEntries(OciLayer layer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciBlob blob = layer.store(store).compression(OciCompression.NONE).writeTo(out);
    assertEquals(blob.diffId(), blob.digest());
    ArchiveRefusals refusals = new ArchiveRefusals(upper);
    TarReader archive =
        new TarReader(new ByteArrayInputStream(out.toByteArray()), refusals, OciLimits.DEFAULTS);
    List<TarEntry> entries = new ArrayList<>();
    for (TarEntry entry = archive.nextEntry(); entry != null; entry = archive.nextEntry()) {
      entries.add(entry);
    }
    store.assertAllClosed();
    return entries;
  }

  /** Returns the path with one character for each byte, which is also the order of the bytes. */
  private static String textOf(TarEntry entry) {
    return new String(entry.path().toBytes(), ISO_8859_1);
  }

  private static String targetOf(TarEntry entry) {
    return new String(entry.target().toBytes(), ISO_8859_1);
  }

  private static String pathOf(TarEntry entry) {
    return textOf(entry).replaceAll("/$", "");
  }

  private static String parentOf(String path) {
    return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : ".";
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * Each entry comes after its directory, a hard link after its file, a whiteout before everything
   * else of its directory, and what is in a directory before its next neighbour.
   */
  @RepeatedTest(25)
  void everyEntryComesAfterWhatItNeeds() throws IOException {
    RandomLayers layers = RandomLayers.of(seed, MARKS).withOwners().withEveryFormat();
    layers.fillLayers(store, lower, upper);
    OciLayer layer = OciLayer.of(specBuilder().build());
    store.shuffleListings(seed);
    List<TarEntry> entries = exportedEntries(layer);
    assertEquals("./", textOf(entries.get(0)));
    Set<String> before = new HashSet<>();
    Set<String> plain = new HashSet<>();
    for (TarEntry entry : entries) {
      String path = pathOf(entry);
      String parent = parentOf(path);
      assertTrue(before.add(path), path + " twice, seed " + seed);
      assertTrue(path.equals(".") || before.contains(parent), path + " too early, seed " + seed);
      if (entry.kind() == TarKind.HARD_LINK) {
        assertTrue(before.contains(targetOf(entry)), path + " before its file, seed " + seed);
      }
      if (nameOf(path).startsWith(".wh.")) {
        assertFalse(plain.contains(parent), path + " behind an entry, seed " + seed);
        assertEquals(0, entry.size());
      } else if (!path.equals(".")) {
        plain.add(parent);
      }
    }
    assertEquals(
        sortedDepthFirst(entries), entries.stream().map(ArchiveOrderTest::textOf).toList());
  }

  /** Sorts by names with whiteouts first, which is another way to the same order. */
  private static List<String> sortedDepthFirst(List<TarEntry> entries) {
    Set<String> sorted = new TreeSet<>();
    for (TarEntry entry : entries.subList(1, entries.size())) {
      StringBuilder key = new StringBuilder();
      for (String name : pathOf(entry).split("/", -1)) {
        // What hides the whole directory belongs to it, and comes before all.
        int rank = name.equals(".wh..wh..opq") ? 1 : name.startsWith(".wh.") ? 2 : 3;
        key.append('\0').append((char) rank).append(name);
      }
      sorted.add(key + "\0\0" + textOf(entry));
    }
    List<String> names = new ArrayList<>(List.of("./"));
    sorted.forEach(key -> names.add(key.substring(key.indexOf("\0\0") + 2)));
    return names;
  }

  /** The names of a locale would be in another order: bytes 0x80 and above come last. */
  @Test
  void namesAreSortedByTheirUnsignedBytes() throws IOException {
    for (String name : List.of("b", "B", "a\u00e4", "ab", "a-", "a", "\u20ac", "~")) {
      Files.createDirectory(upper.resolve(name));
    }
    Files.createFile(upper.resolve("a/z"));
    List<String> names =
        exportedEntries(OciLayer.of(specBuilder().build())).stream()
            .map(entry -> new String(entry.path().toBytes(), UTF_8))
            .toList();
    assertEquals(
        List.of("./", "B/", "a/", "a/z", "a-/", "ab/", "a\u00e4/", "b/", "~/", "\u20ac/"), names);
  }

  @Test
  void opaqueDirectoryHidesBeforeItHasEntries() throws IOException {
    Files.createDirectories(lower.resolve("d/old"));
    Files.createDirectories(upper.resolve("d"));
    Files.createFile(upper.resolve("d/!first"));
    try (LayerDirectory root = store.open(upper)) {
      root.setXattr(Name.of("d"), Mark.OPAQUE.xattr(MARKS), new byte[] {'y'});
    }
    List<String> names =
        exportedEntries(OciLayer.of(specBuilder().build())).stream()
            .map(ArchiveOrderTest::textOf)
            .toList();
    assertEquals(List.of("./", "d/", "d/.wh..wh..opq", "d/!first"), names);
  }

  /** Private paths are left out with their whiteouts, also below a directory that was renamed. */
  @Test
  void privatePathsAreInNoArchive() throws IOException {
    Files.createDirectories(lower.resolve("old/in"));
    Files.writeString(lower.resolve("old/in/secret"), "lower");
    Files.writeString(lower.resolve("old/in/shared"), "lower");
    Files.createDirectories(upper.resolve("new"));
    Files.writeString(upper.resolve("private"), "mine");
    try (LayerDirectory root = store.open(upper)) {
      root.setXattr(Name.of("new"), Mark.REDIRECT.xattr(MARKS), "old".getBytes(ISO_8859_1));
      root.createWhiteout(Name.of("hidden"));
      root.createWhiteout(Name.of("old"));
    }
    Files.createDirectory(lower.resolve("hidden"));
    OverlaySpec spec =
        specBuilder()
            .privatePath("hidden")
            .privatePath("private")
            .privatePath("new/in/secret")
            .build();
    List<String> names =
        exportedEntries(OciLayer.of(spec)).stream().map(ArchiveOrderTest::textOf).toList();
    assertEquals(
        List.of("./", ".wh.old", "new/", "new/.wh..wh..opq", "new/in/", "new/in/shared"), names);
  }

  /** The first name in the order of the archive holds the data, wherever it is. */
  @Test
  void hardLinksLeadToTheFirstNameAndSymlinksStayApart() throws IOException {
    Files.createDirectories(upper.resolve("a"));
    Files.writeString(upper.resolve("z"), "data");
    Files.createLink(upper.resolve("b"), upper.resolve("z"));
    Files.createLink(upper.resolve("a/y"), upper.resolve("z"));
    Files.createSymbolicLink(upper.resolve("c"), fileSystem.getPath("z"));
    List<String> shown = new ArrayList<>();
    for (TarEntry entry : exportedEntries(OciLayer.of(specBuilder().build()))) {
      shown.add(entry.kind() + " " + textOf(entry) + " " + targetOf(entry));
    }
    assertEquals(
        List.of(
            "DIRECTORY ./ ",
            "DIRECTORY a/ ",
            "FILE a/y ",
            "HARD_LINK b a/y",
            "SYMLINK c z",
            "HARD_LINK z a/y"),
        shown);
  }

  @Test
  void linkOfANodeIsALinkToo() throws IOException {
    try (LayerDirectory root = store.open(upper)) {
      root.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
      root.createLink(Name.of("pipe"), root, Name.of("twin"));
    }
    List<TarEntry> entries = exportedEntries(OciLayer.of(specBuilder().build()));
    assertEquals(
        List.of(TarKind.FIFO, TarKind.HARD_LINK),
        List.of(entries.get(1).kind(), entries.get(2).kind()));
    assertEquals("pipe", targetOf(entries.get(2)));
  }
}
