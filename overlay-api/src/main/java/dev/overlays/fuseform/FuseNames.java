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

/** The names and marks in the form of fuse-overlayfs, and what they mean. */
final class FuseNames {
  /** The prefix of the program's own extended attributes, which it never shows. */
  static final String PREFIX = "user.fuseoverlayfs.";

  static final String OPAQUE = PREFIX + "opaque";
  static final String ORIGIN = PREFIX + "origin";

  private static final byte[] HIDING_PREFIX = ".wh.".getBytes(StandardCharsets.US_ASCII);
  private static final Name OPAQUE_FILE = Name.of(".wh..wh..opq");
  private static final String DOTS = "..";

  private FuseNames() {}

  /** Tells whether a name is one of those by which the program hides others. */
  static boolean isHidingName(Name name) {
    byte[] bytes = name.toBytes();
    return bytes.length >= HIDING_PREFIX.length
        && Arrays.equals(bytes, 0, HIDING_PREFIX.length, HIDING_PREFIX, 0, HIDING_PREFIX.length);
  }

  /**
   * Returns the name that such an entry hides; empty if it marks its directory, or hides nothing.
   */
  static Optional<Name> hiddenName(Name hiding) {
    byte[] bytes = hiding.toBytes();
    byte[] rest = Arrays.copyOfRange(bytes, HIDING_PREFIX.length, bytes.length);
    boolean nothing = DOTS.startsWith(new String(rest, StandardCharsets.ISO_8859_1));
    return nothing || hiding.equals(OPAQUE_FILE) ? Optional.empty() : Optional.of(Name.of(rest));
  }

  /** Returns the name of the entry that hides a name; it may be too long for the file system. */
  static Name hidingName(Name hidden) {
    byte[] bytes = Arrays.copyOf(HIDING_PREFIX, HIDING_PREFIX.length + hidden.length());
    hidden.copyTo(bytes, HIDING_PREFIX.length);
    return Name.of(bytes);
  }

  /** Tells whether a directory is opaque. The first mark that exists decides. */
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
        : directory.stat(OPAQUE_FILE).filter(FuseNames::isMadeByProgram).isPresent();
  }

  /** Returns the entry of a hiding name, if there is one that the program can have made. */
  static Optional<EntryStat> hidingEntry(LayerDirectory directory, Name hiding) throws IOException {
    return directory.stat(hiding).filter(FuseNames::isMadeByProgram);
  }

  /**
   * Tells whether the program can have made an entry with a hiding name. The program makes empty
   * files and devices. It refuses such names to users, except for directories, which therefore
   * belong to users. Source: create_whiteout, do_create and ovl_mkdir in its main.c.
   */
  private static boolean isMadeByProgram(EntryStat stat) {
    return stat.isWhiteoutDevice() || (stat.type() == EntryType.FILE && stat.size() == 0);
  }
}
