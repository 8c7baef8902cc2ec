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
 * A tree of files as short text: to write a layer, and to say what is expected of one.
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
 * <p>A line is an entry: its name, then what it is, in any order, with spaces between. The entries
 * of a directory are the lines after it that are indented further, all by the same number of
 * spaces. Empty lines and lines that start with {@code #} are skipped.
 *
 * <pre>
 * name          a file, with the content that the line says
 * name/         a directory; ./ in the first line is the root
 * -&gt; target     a symbolic link
 * =&gt; path       another name of the entry at that path of this tree: a hard link
 * whiteout      a whiteout, in the form of the layer's store
 * fifo, socket, char=1:3, block=8:0
 *
 * "content"     the bytes of the characters in UTF-8
 * size=64K      so many bytes of zero; K, M and G are powers of 1024
 * random=64K:7  so many bytes that depend on the seed after the colon only
 * size=9 sha256=...   can be expected, but not written
 *
 * 0644          the mode, three or four octal digits after a 0
 * owner=0:0     user and group by number
 * mtime=2026-01-31T12:00:00.5Z
 * user.a="b"    an extended attribute: its name has a dot in it, or is between quotes
 * opaque        the mark, also opaque="x"; in the same way redirect="/a/b" and metacopy
 * </pre>
 *
 * <p>Names, targets, paths and values with other characters than visible ASCII stand between
 * quotes, and there the escapes are {@code \n \r \t \" \\} and {@code \xHH} for any byte.
 *
 * <p>What a line does not tell is not compared when the tree is expected; when it is written, a
 * file is empty, and the mode is 0644, of a directory 0755. Which entries there are, their kinds,
 * hard links among them and marks are always compared. Immutable, equal by value: two texts that
 * mean the same tree are equal.
 */
public final class LayerTree {
  private final TreeEntry root;

  private LayerTree(TreeEntry root) {
    this.root = root;
  }

  /**
   * Reads a text.
   *
   * @param text lines as described above
   * @return the tree
   * @throws TreeSyntaxException if a line cannot be read
   */
  public static LayerTree parse(String text) {
    return new LayerTree(TreeParser.parse(text));
  }

  /**
   * Reads a layer, or any other directory. The tree tells everything of it, but for marks that are
   * the kernel's own notes: contents of up to 1024 bytes as they are, longer ones by hash.
   *
   * @param directory what a layer store serves
   * @return the tree
   * @throws IOException if it cannot be read
   */
  public static LayerTree read(Path directory) throws IOException {
    return read(LayerStore.of(directory), directory);
  }

  /**
   * Reads a layer, or any other directory, with a certain store.
   *
   * @param store what opens it
   * @param directory where it is
   * @return the tree
   * @throws IOException if it cannot be read
   */
  public static LayerTree read(LayerStore store, Path directory) throws IOException {
    try (LayerDirectory open = store.open(directory)) {
      return new LayerTree(new TreeReader().read(open));
    }
  }

  /**
   * Writes the tree with the best store that serves the path. Marks are {@code trusted.overlay.*}
   * where the store and the rights of this process allow it, and {@code user.overlay.*} elsewhere.
   *
   * @param layer a directory, made if it is not there, that has none of the entries yet
   * @return this tree
   * @throws IOException if something cannot be written; a part may be there then
   * @throws IllegalStateException if only the hash of a content is known
   */
  public LayerTree writeTo(Path layer) throws IOException {
    Files.createDirectories(layer);
    LayerStore store = LayerStore.of(layer);
    try (LayerDirectory directory = store.open(layer)) {
      new TreeWriter(directory, marks(directory)).write(root);
    }
    return this;
  }

  /**
   * Writes the tree with a certain store, and marks in a certain namespace.
   *
   * @param store what opens the layer
   * @param layer a directory, made if it is not there, that has none of the entries yet
   * @param marks where marks are kept
   * @return this tree
   * @throws IOException if something cannot be written; a part may be there then
   * @throws IllegalStateException if only the hash of a content is known
   */
  public LayerTree writeTo(LayerStore store, Path layer, MarkNamespace marks) throws IOException {
    Files.createDirectories(layer);
    try (LayerDirectory directory = store.open(layer)) {
      new TreeWriter(directory, marks).write(root);
    }
    return this;
  }

  /** Only root may write attributes of the other namespace, and not every store has it. */
  private static MarkNamespace marks(LayerDirectory directory) throws IOException {
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
   * Tells in what a directory differs from this tree, as far as this tells something.
   *
   * @param directory a layer or any other directory that a layer store serves
   * @return a line for each difference: {@code + path} for what this tree has not, {@code - path}
   *     for what is missing, {@code ~ path: what expected → found} for the rest; none if it matches
   * @throws IOException if it cannot be read
   */
  public List<String> differences(Path directory) throws IOException {
    return differences(read(directory));
  }

  private List<String> differences(LayerTree found) throws IOException {
    return TreeDifferences.between(TreeFacts.of(root), TreeFacts.of(found.root), true);
  }

  /**
   * Checks that a directory is as this tree tells.
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
          TreeDifferences.message(directory + " is not as expected:", differences),
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

  /** Returns a text that {@link #parse} makes the same tree of. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!root.told().equals(ToldMetadata.nothing())) {
      new TreeEntry(root.name(), root.kind(), root.told(), new TreeMap<>()).render(text, "");
    }
    root.entries().values().forEach(entry -> entry.render(text, ""));
    return text.toString();
  }
}
