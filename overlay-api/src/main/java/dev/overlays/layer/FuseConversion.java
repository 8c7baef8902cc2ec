package dev.overlays.layer;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns the directories of a layer, one after the other, into the kernel's form. */
final class FuseConversion {
  private static final String PREFIX = "user.fuseoverlayfs.";
  private static final String OPAQUE = PREFIX + "opaque";
  private static final String ORIGIN = PREFIX + "origin";
  private static final List<String> OVERRIDES =
      List.of(PREFIX + "override_stat", "user.containers.override_stat");
  private static final byte[] HIDING = ".wh.".getBytes(StandardCharsets.US_ASCII);
  private static final Name OPAQUE_FILE = Name.of(".wh..wh..opq");
  private static final byte[] YES = {'y'};

  private final MarkNamespace marks;

  FuseConversion(MarkNamespace marks) {
    this.marks = marks;
  }

  /** Converts a directory with all that is in it. It is known by its parent, and opened. */
  void convert(LayerDirectory parent, Name name, LayerDirectory directory) throws IOException {
    EntryStat before = LayerEntries.present(directory, Name.SELF);
    boolean opaque = convertOpaque(parent, name, directory);
    boolean changed = false;
    List<Name> hiding = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (isHiding(entry.name())) {
        hiding.add(entry.name());
      }
    }
    for (Name entry : hiding) {
      convertHiding(directory, entry, opaque);
      changed = true;
    }
    entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      convertEntry(directory, entry);
    }
    if (changed) {
      directory.setTimes(Name.SELF, before.accessed(), before.modified());
    }
  }

  private void convertEntry(LayerDirectory directory, LayerEntry entry) throws IOException {
    EntryType type =
        entry.type() == EntryType.UNKNOWN
            ? LayerEntries.present(directory, entry.name()).type()
            : entry.type();
    if (type == EntryType.DIRECTORY) {
      try (LayerDirectory inner = directory.open(entry.name())) {
        convert(directory, entry.name(), inner);
      }
    } else if (type == EntryType.FILE) {
      refuseOverride(directory, entry.name(), directory.xattrs(entry.name()));
      remove(directory, entry.name(), ORIGIN);
    }
  }

  /**
   * Gives an opaque directory the kernel's mark, which the program heeds, too, before it loses the
   * others. Returns whether it is opaque. The first mark that is there decides.
   */
  private boolean convertOpaque(LayerDirectory parent, Name name, LayerDirectory directory)
      throws IOException {
    List<String> xattrs = directory.xattrs(Name.SELF);
    refuseOverride(parent, name, xattrs);
    String own = Mark.OPAQUE.xattr(marks);
    Optional<byte[]> value = directory.xattr(Name.SELF, own);
    boolean marked = value.isPresent();
    if (!marked && marks == MarkNamespace.TRUSTED) {
      value = directory.xattr(Name.SELF, Mark.OPAQUE.xattr(MarkNamespace.USER));
    }
    if (value.isEmpty()) {
      value = directory.xattr(Name.SELF, OPAQUE);
    }
    boolean opaque =
        value.isPresent() ? isYes(value.get()) : directory.stat(OPAQUE_FILE).isPresent();
    if (opaque && !marked) {
      directory.setXattr(Name.SELF, own, YES);
    }
    if (xattrs.contains(OPAQUE)) {
      directory.removeXattr(Name.SELF, OPAQUE);
    }
    remove(directory, Name.SELF, ORIGIN);
    return opaque;
  }

  private static boolean isYes(byte[] value) {
    return value.length > 0 && value[0] == YES[0];
  }

  private static void remove(LayerDirectory directory, Name name, String xattr) throws IOException {
    if (directory.xattr(name, xattr).isPresent()) {
      directory.removeXattr(name, xattr);
    }
  }

  private static void refuseOverride(LayerDirectory directory, Name name, List<String> xattrs)
      throws OverlayException {
    for (String override : OVERRIDES) {
      if (xattrs.contains(override)) {
        throw new OverlayException(
            Problem.of(
                ProblemCode.MERGE_UNKNOWN_MARK,
                LayerEntries.path(directory, name),
                "fuse-overlayfs keeps the owner and the permissions of this entry in "
                    + override
                    + ".",
                "Set them on the entry itself (chown, chmod), and remove the attribute."));
      }
    }
  }

  private static boolean isHiding(Name name) {
    byte[] bytes = name.toBytes();
    for (int i = 0; i < HIDING.length; i++) {
      if (i >= bytes.length || bytes[i] != HIDING[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Puts a whiteout in place of a file that means one. What has the hidden name in this very layer
   * is hidden as well: a crash of the program, which was about to remove it, leaves that.
   */
  private static void convertHiding(LayerDirectory directory, Name hiding, boolean opaque)
      throws IOException {
    Optional<Name> hidden = hidden(hiding);
    if (hidden.isPresent()) {
      Name name = hidden.get();
      Optional<EntryStat> there = directory.stat(name);
      if (there.isPresent() && !there.get().isWhiteoutDevice()) {
        LayerEntries.removeTree(directory, name);
        there = Optional.empty();
      }
      if (there.isEmpty() && !opaque) {
        directory.createWhiteout(name);
      }
    }
    LayerEntries.removeTree(directory, hiding);
  }

  /**
   * The name that one stands for; none where it only tells of the directory, or no name is left.
   */
  private static Optional<Name> hidden(Name hiding) {
    byte[] bytes = hiding.toBytes();
    byte[] rest = Arrays.copyOfRange(bytes, HIDING.length, bytes.length);
    boolean dots = rest.length <= 2 && new String(rest, StandardCharsets.US_ASCII).matches("\\.*");
    return dots || hiding.equals(OPAQUE_FILE) ? Optional.empty() : Optional.of(Name.of(rest));
  }
}
