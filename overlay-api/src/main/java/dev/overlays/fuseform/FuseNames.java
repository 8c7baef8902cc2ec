package dev.overlays.fuseform;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What stands for what in the form of fuse-overlayfs. */
final class FuseNames {
  /** The program's own extended attributes begin so. It shows none of them. */
  static final String PREFIX = "user.fuseoverlayfs.";

  static final String OPAQUE = PREFIX + "opaque";
  static final String ORIGIN = PREFIX + "origin";

  private static final byte[] HIDING = ".wh.".getBytes(StandardCharsets.US_ASCII);
  private static final Name OPAQUE_FILE = Name.of(".wh..wh..opq");
  private static final String DOTS = "..";

  private FuseNames() {}

  /** Whether an entry of that name, of whatever kind, stands for something else. */
  static boolean isHiding(Name name) {
    byte[] bytes = name.toBytes();
    return bytes.length >= HIDING.length
        && Arrays.equals(bytes, 0, HIDING.length, HIDING, 0, HIDING.length);
  }

  /** The name that such an entry deletes; none where it tells of its directory, or of nothing. */
  static Optional<Name> hidden(Name hiding) {
    byte[] bytes = hiding.toBytes();
    byte[] rest = Arrays.copyOfRange(bytes, HIDING.length, bytes.length);
    boolean nothing = DOTS.startsWith(new String(rest, StandardCharsets.ISO_8859_1));
    return nothing || hiding.equals(OPAQUE_FILE) ? Optional.empty() : Optional.of(Name.of(rest));
  }

  /** The entry that deletes a name, if names may be that long. */
  static Name hiding(Name hidden) {
    byte[] bytes = Arrays.copyOf(HIDING, HIDING.length + hidden.length());
    hidden.copyTo(bytes, HIDING.length);
    return Name.of(bytes);
  }

  /** Whether a directory hides those below it. The first mark that is there decides. */
  static boolean isOpaque(LayerDirectory directory, MarkNamespace marks) throws IOException {
    Optional<byte[]> value = directory.xattr(Name.SELF, Mark.OPAQUE.xattr(marks));
    if (value.isEmpty() && marks == MarkNamespace.TRUSTED) {
      value = directory.xattr(Name.SELF, Mark.OPAQUE.xattr(MarkNamespace.USER));
    }
    if (value.isEmpty()) {
      value = directory.xattr(Name.SELF, OPAQUE);
    }
    return value.isPresent()
        ? value.get().length > 0 && value.get()[0] == 'y'
        : directory.stat(OPAQUE_FILE).filter(FuseNames::isOfProgram).isPresent();
  }

  /**
   * What a directory of the layer has under the name of a mark, if the program can have made it.
   */
  static Optional<EntryStat> mark(LayerDirectory directory, Name hiding) throws IOException {
    return directory.stat(hiding).filter(FuseNames::isOfProgram);
  }

  /**
   * Whether an entry with the name of a mark is one. The program makes empty files and devices. It
   * refuses users such names, but for directories: these are theirs, with all that is in them.
   * Source: create_whiteout, do_create and ovl_mkdir in its main.c.
   */
  private static boolean isOfProgram(EntryStat stat) {
    return stat.isWhiteoutDevice() || (stat.type() == EntryType.FILE && stat.size() == 0);
  }
}
