package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Sets marks, some of them at random. */
final class RandomMarks {
  private static final List<String> NESTED_MARKS =
      List.of("opaque", "origin", "redirect", "metacopy", "overlay.whiteout");
  private static final List<String> PROTECTION_LETTERS = List.of("i", "a", "ai");

  /** Version, length, flags and algorithm, and a SHA-256; source: struct ovl_metacopy. */
  private static final byte[] WITH_DIGEST = Arrays.copyOf(new byte[] {0, 36, 0, 1}, 36);

  private static final List<byte[]> METACOPY_VALUES =
      List.of(new byte[0], new byte[] {0, 4, 0, 0}, WITH_DIGEST);

  private final Random random;
  private final MarkNamespace namespace;

  RandomMarks(Random random, MarkNamespace namespace) {
    this.random = random;
    this.namespace = namespace;
  }

  void setMark(LayerDirectory directory, Name name, Mark mark, byte[] value) throws IOException {
    directory.setXattr(name, mark.xattr(namespace), value);
  }

  void setFlag(LayerDirectory directory, Name name, Mark mark) throws IOException {
    setMark(directory, name, mark, new byte[] {'y'});
  }

  /** Sets the mark of a copy-up, which contains a file handle. */
  void setOrigin(LayerDirectory directory, Name name, EntryType kind) throws IOException {
    // Marks in user.* can only be on files and directories.
    if (isMarkable(kind) || namespace == MarkNamespace.TRUSTED) {
      byte[] handle = new byte[21 + random.nextInt(20)];
      random.nextBytes(handle);
      setMark(directory, name, Mark.ORIGIN, handle);
    }
  }

  void setMetacopy(LayerDirectory directory, Name name) throws IOException {
    setMark(
        directory,
        name,
        Mark.METACOPY,
        METACOPY_VALUES.get(random.nextInt(METACOPY_VALUES.size())));
  }

  /** Sometimes sets a mark of a nested overlay, whose name has one more prefix. */
  void sometimesSetNestedMark(LayerDirectory directory, Name name, EntryType kind)
      throws IOException {
    if (isMarkable(kind) && random.nextInt(6) == 0) {
      String mark = NESTED_MARKS.get(random.nextInt(NESTED_MARKS.size()));
      directory.setXattr(name, namespace.prefix() + "overlay." + mark, new byte[] {'y'});
    }
  }

  /** Sometimes sets the mark of an upper that shows an entry as immutable or append-only. */
  void sometimesSetProtection(LayerDirectory directory, Name name, EntryType kind)
      throws IOException {
    if (isMarkable(kind) && random.nextInt(15) == 0) {
      String letters = PROTECTION_LETTERS.get(random.nextInt(PROTECTION_LETTERS.size()));
      setMark(directory, name, Mark.PROTATTR, letters.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static boolean isMarkable(EntryType kind) {
    return kind == EntryType.FILE || kind == EntryType.DIRECTORY;
  }
}
