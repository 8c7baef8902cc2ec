package dev.overlays.testkit.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class LayerTreeTest {
  private static final String EXAMPLE =
      """
      ./                      0755
      config/                 0700 owner=1000:100
        app.properties        "key=value\\n" user.origin="hand made"
        old.log               whiteout
      data/                   opaque
        table.bin             random=64K:1 mtime=2026-01-31T12:00:00Z
      link                    -> config/app.properties
      same                    => config/app.properties
      # a comment has a line of its own
      "with space"            size=10M
      pipe                    fifo 0600
      """;

  private final Path layer = MemoryRoots.newRoot().resolve("layer");

  @Test
  void writesTheExample() throws IOException {
    LayerTree.parse(EXAMPLE).writeTo(layer);
    assertEquals("key=value\n", Files.readString(layer.resolve("config/app.properties")));
    assertArrayEquals(
        "hand made".getBytes(UTF_8),
        (byte[]) Files.getAttribute(layer.resolve("config/app.properties"), "user:origin"));
    assertTrue(isOpaque(layer, "data"));
    assertFalse(isOpaque(layer, "config"));
    assertEquals(65536, Files.size(layer.resolve("data/table.bin")));
    assertEquals(
        FileTime.from(Instant.parse("2026-01-31T12:00:00Z")),
        Files.getLastModifiedTime(layer.resolve("data/table.bin")));
    assertEquals("config/app.properties", Files.readSymbolicLink(layer.resolve("link")).toString());
    assertTrue(Files.isSameFile(layer.resolve("same"), layer.resolve("config/app.properties")));
    assertEquals(10 << 20, Files.size(layer.resolve("with space")));
    List<String> lines =
        LayerView.ofSingleLayer(new PortableLayerStore(), layer, MarkNamespace.USER)
            .manifest("config");
    assertTrue(lines.get(0).startsWith("config DIRECTORY 0700 1000:100"), lines.toString());
    assertTrue(lines.get(2).startsWith("config/old.log CHARACTER_DEVICE"), lines.toString());
  }

  /** In memory everybody has the rights of root, so marks are in the namespace trusted. */
  private static boolean isOpaque(Path layer, String name) throws IOException {
    try (LayerDirectory directory = new PortableLayerStore().open(layer)) {
      return LayerEntries.isOpaque(directory, Name.of(name), MarkNamespace.TRUSTED);
    }
  }

  @Test
  void theWrittenExampleMatches() throws IOException {
    LayerTree tree = LayerTree.parse(EXAMPLE);
    tree.writeTo(layer);
    tree.assertMatches(layer);
    // What is not specified is not compared.
    LayerTree.parse(
            """
            config/
              app.properties
              old.log  whiteout
            data/  opaque
              table.bin  size=65536 sha256=%s
            link  -> config/app.properties
            pipe  fifo
            same  => config/app.properties
            "with space"
            """
                .formatted(
                    ContentHash.contentFact(new FileContent.SeededContent(65536, 1))
                        .value()
                        .split("=", 2)[1]))
        .assertMatches(layer);
  }

  @Test
  void reportsEveryKindOfDifference() throws IOException {
    LayerTree.parse(
            """
            a      "one" 0644
            b/     opaque
              c    "c"
            d      -> a
            e      "e" user.x="1"
            f      whiteout
            g      "g"
            h      "h"
            long   size=100
            """)
        .writeTo(layer);
    LayerTree expected =
        LayerTree.parse(
            """
            a      "two" 0600
            b/
            d      -> b
            e      "e" user.x="2" user.y="3"
            f      "f"
            g      "g"
            h      => g
            long   "x"
            z/
            """);
    List<String> differences = expected.differences(layer);
    assertEquals(
        List.of(
            "~ a: content \"two\" → \"one\", mode 0600 → 0644",
            "~ b: marks none → opaque",
            "+ b/c (file)",
            "~ d: target b → a",
            "~ e: xattr user.x \"2\" → \"1\", xattr user.y \"3\" → none",
            "~ f: file → whiteout",
            "~ h: hard link → file",
            "~ long: content \"x\" → 100 bytes sha256=cd00e292c597",
            "- z (directory)"),
        differences);
    AssertionFailedError error =
        assertThrows(AssertionFailedError.class, () -> expected.assertMatches(layer));
    assertTrue(error.getMessage().startsWith(layer + " is not as expected:\n~ a: content"));
    assertEquals(expected.toString(), error.getExpected().getStringRepresentation());
    assertEquals(LayerTree.read(layer).toString(), error.getActual().getStringRepresentation());
  }

  @Test
  void aRenderedTreeParsesToTheSameTree() {
    for (long seed = 0; seed < 500; seed++) {
      TreeEntry tree = new RandomTreeEntry(seed).randomTree();
      StringBuilder text = new StringBuilder("./" + tree.attributes() + "\n");
      tree.entries().values().forEach(entry -> entry.renderTo(text, ""));
      LayerTree parsed = LayerTree.parse(text.toString());
      assertEquals(tree, TreeParser.parse(text.toString()), "seed " + seed + "\n" + text);
      assertEquals(parsed, LayerTree.parse(parsed.toString()), "seed " + seed);
      assertEquals(parsed.hashCode(), LayerTree.parse(parsed.toString()).hashCode());
    }
  }

  @Test
  void aWrittenTreeIsReadAsTheSameTree() throws IOException {
    PortableLayerStore store = new PortableLayerStore();
    for (long seed = 0; seed < 100; seed++) {
      TreeEntry tree = new RandomTreeEntry(seed).randomTree();
      StringBuilder text = new StringBuilder("./" + tree.attributes() + "\n");
      tree.entries().values().forEach(entry -> entry.renderTo(text, ""));
      Path directory = layer.resolve("seed" + seed);
      LayerTree parsed = LayerTree.parse(text.toString());
      try {
        parsed.writeTo(store, directory, MarkNamespace.USER).assertMatches(directory);
      } catch (IOException | AssertionError e) {
        throw new AssertionError("seed " + seed + "\n" + text, e);
      }
      LayerTree read = LayerTree.read(store, directory);
      assertEquals(read, LayerTree.parse(read.toString()), "seed " + seed);
    }
  }

  @Test
  void anyNameOfAHardLinkMayHaveTheContent() {
    assertEquals(
        LayerTree.parse("a \"x\"\nb/\n  c => a\nd => a"),
        LayerTree.parse("a => b/c\nb/\n c \"x\"\nd => b/c"));
    assertNotEquals(LayerTree.parse("a \"x\"\nb => a"), LayerTree.parse("a \"x\"\nb \"x\""));
    assertEquals(LayerTree.parse("b\na"), LayerTree.parse("a\n\nb\n"));
  }

  @Test
  void writingAHashedContentIsRefused() {
    LayerTree tree = LayerTree.parse("a size=1 sha256=" + "0".repeat(64));
    assertThrows(IllegalStateException.class, () -> tree.writeTo(layer));
  }
}
