package dev.overlays.testkit.tree;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.opentest4j.AssertionFailedError;

/**
 * A tree of files as short text, to write layers and to specify expected ones.
 *
 * <pre>{@code
 * ./                      0755
 * config/                 0700 owner=1000:100
 *   app.properties        "key=value\n" user.origin="hand made"
 *   old.log               whiteout
 * data/                   opaque
 *   table.bin             random=64K:1 mtime=2026-01-31T12:00:00Z
 * link                    -> config/app.properties
 * same                    => config/app.properties
 * # a comment has a line of its own
 * "with space"            size=10M
 * }</pre>
 *
 * <p>Each line is an entry: its name, then items in any order, separated by spaces. The entries of
 * a directory are the lines after it that are indented further, all by the same number of spaces.
 * Empty lines and lines that start with {@code #} are skipped.
 *
 * <pre>
 * name          a file, with the content that the line specifies
 * name/         a directory; ./ in the first line is the root
 * -&gt; target     a symbolic link
 * =&gt; path       a hard link to the entry at that path of this tree
 * whiteout      a whiteout, in the form of the layer's store
 * fifo, socket, char=1:3, block=8:0
 *
 * "content"     the bytes of the characters in UTF-8
 * size=64K      a number of zero bytes; K, M and G are powers of 1024
 * random=64K:7  random bytes that depend only on the seed after the colon
 * size=9 sha256=...   can be compared, but not written
 *
 * 0644          the mode, three or four octal digits after a 0
 * owner=0:0     user and group by number
 * mtime=2026-01-31T12:00:00.5Z
 * user.a="b"    an extended attribute; its name contains a dot, or is quoted
 * opaque        the mark, or opaque="x"; also redirect="/a/b" and metacopy
 * </pre>
 *
 * <p>Names, targets, paths and values with characters other than visible ASCII are quoted. In
 * quotes, the escapes are {@code \n \r \t \" \\} and {@code \xHH} for any byte.
 *
 * <p>What a line does not specify is not compared. When the tree is written, an unspecified content
 * is empty, and an unspecified mode is 0644, or 0755 for a directory. The set of entries, their
 * kinds, hard links among them and marks are always compared. Immutable, and equal by value: two
 * texts that mean the same tree are equal.
 */
public final class LayerTree {
  private final TreeEntry root;

  private LayerTree(TreeEntry root) {
    this.root = root;
  }

  /**
   * Parses a text.
   *
   * @param text lines as described above
   * @return the tree
   * @throws TreeSyntaxException if a line cannot be parsed
   */
  public static LayerTree parse(String text) {
    return new LayerTree(TreeParser.parse(text));
  }

  /**
   * Reads a layer, or any other directory. The tree specifies everything except marks that are the
   * kernel's own notes. Contents of up to 1024 bytes are literal, longer ones are hashed.
   *
   * @param directory a directory that a layer store serves
   * @return the tree
   * @throws IOException if it cannot be read
   */
  public static LayerTree read(Path directory) throws IOException {
    return read(LayerStore.of(directory), directory);
  }

  /**
   * Reads a layer, or any other directory, with the given store.
   *
   * @param store the store that opens it
   * @param directory the directory
   * @return the tree
   * @throws IOException if it cannot be read
   */
  public static LayerTree read(LayerStore store, Path directory) throws IOException {
    try (LayerDirectory open = store.open(directory)) {
      return new LayerTree(new TreeReader().readTree(open));
    }
  }

  /**
   * Writes the tree with the best store that serves the path. Marks are {@code trusted.overlay.*}
   * where the store and the rights of this process allow it, and {@code user.overlay.*} elsewhere.
   *
   * @param layer the directory, created if missing; it must have none of the entries yet
   * @return this tree
   * @throws IOException if something cannot be written; part of the tree may have been written
   * @throws IllegalStateException if the tree has a content of which only the hash is known
   */
  public LayerTree writeTo(Path layer) throws IOException {
    Files.createDirectories(layer);
    LayerStore store = LayerStore.of(layer);
    try (LayerDirectory directory = store.open(layer)) {
      new TreeWriter(directory, chooseNamespace(directory)).writeTree(root);
    }
    return this;
  }

  /**
   * Writes the tree with the given store, and marks in the given namespace.
   *
   * @param store the store that opens the layer
   * @param layer the directory, created if missing; it must have none of the entries yet
   * @param marks the namespace of marks
   * @return this tree
   * @throws IOException if something cannot be written; part of the tree may have been written
   * @throws IllegalStateException if the tree has a content of which only the hash is known
   */
  public LayerTree writeTo(LayerStore store, Path layer, MarkNamespace marks) throws IOException {
    Files.createDirectories(layer);
    try (LayerDirectory directory = store.open(layer)) {
      new TreeWriter(directory, marks).writeTree(root);
    }
    return this;
  }

  /** Only root may write attributes in {@code trusted}, and not every store has that namespace. */
  private static MarkNamespace chooseNamespace(LayerDirectory directory) throws IOException {
    String probe = "trusted.overlays.probe";
    try {
      directory.setXattr(Name.SELF, probe, new byte[0]);
    } catch (FileSystemException e) {
      return MarkNamespace.USER;
    }
    directory.removeXattr(Name.SELF, probe);
    return MarkNamespace.TRUSTED;
  }

  /**
   * Describes how a directory differs from what this tree specifies.
   *
   * @param directory a layer or any other directory that a layer store serves
   * @return a line for each difference: {@code + path} for an entry that this tree does not have,
   *     {@code - path} for a missing one, {@code ~ path: fact expected → found} for a changed one;
   *     none if it matches
   * @throws IOException if it cannot be read
   */
  public List<String> differences(Path directory) throws IOException {
    return differences(read(directory));
  }

  private List<String> differences(LayerTree found) throws IOException {
    return TreeDifferences.compareTrees(
        TreeFactCollector.ofTree(root), TreeFactCollector.ofTree(found.root), true);
  }

  /**
   * Checks that a directory is as this tree specifies.
   *
   * @param directory a layer or any other directory that a layer store serves
   * @throws IOException if it cannot be read
   * @throws AssertionFailedError if it differs, with the {@linkplain #differences(Path)
   *     differences}
   */
  public void assertMatches(Path directory) throws IOException {
    LayerTree found = read(directory);
    List<String> differences = differences(found);
    if (!differences.isEmpty()) {
      throw new AssertionFailedError(
          TreeDifferences.failureMessage(directory + " is not as expected:", differences),
          toString(),
          found.toString());
    }
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof LayerTree other && root.equals(other.root);
  }

  @Override
  public int hashCode() {
    return Objects.hash(root);
  }

  /** Returns a text from which {@link #parse} makes the same tree. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!root.attributes().equals(SpecifiedAttributes.noAttributes())) {
      new TreeEntry(root.name(), root.kind(), root.attributes(), new TreeMap<>())
          .renderTo(text, "");
    }
    root.entries().values().forEach(entry -> entry.renderTo(text, ""));
    return text.toString();
  }
}
