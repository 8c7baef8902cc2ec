package dev.overlays.fuseform;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the directories of a layer, one after the other, into the kernel's form. */
final class FuseConversion {
  private static final List<String> OVERRIDES =
      List.of(FuseNames.PREFIX + "override_stat", "user.containers.override_stat");
  private static final byte[] YES = {'y'};

  private final MarkNamespace marks;

  FuseConversion(MarkNamespace marks) {
    this.marks = marks;
  }

  /** Converts a directory with all that is in it; it stays open. */
  void convert(LayerDirectory directory) throws IOException {
    TreeWalk.run(new DirectoryStep(null, Name.SELF, directory));
  }

  /** Converts one directory. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private LayerDirectory directory;
    private EntryStat before;
    private boolean changed;
    private EntryCursor entries;

    /** The root has no parent here, and is open. */
    DirectoryStep(LayerDirectory parent, Name name, LayerDirectory directory) {
      this.parent = parent;
      this.name = name;
      this.directory = directory;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (entries == null) {
        begin();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        if (isDirectory(directory, entry)) {
          return new DirectoryStep(directory, entry.name(), null);
        }
      }
      if (changed) {
        directory.setTimes(Name.SELF, before.accessed(), before.modified());
      }
      return null;
    }

    private void begin() throws IOException {
      directory = directory == null ? parent.open(name) : directory;
      before = LayerEntries.present(directory, Name.SELF);
      boolean opaque = convertMarks(directory);
      List<Name> hiding = hiding(directory);
      for (Name entry : hiding) {
        convertHiding(directory, entry, opaque);
      }
      boolean whiteouts = hasWhiteouts(directory);
      changed = !hiding.isEmpty() || (opaque && whiteouts);
      if (opaque) {
        removeWhiteouts(directory);
      } else if (whiteouts && parent != null) {
        markWhiteouts(directory);
      }
      entries = directory.entries();
    }

    @Override
    public void close() throws IOException {
      if (parent != null && directory != null) {
        directory.close();
      }
    }
  }

  private static List<Name> hiding(LayerDirectory directory) throws IOException {
    List<Name> hiding = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (FuseNames.isHiding(entry.name()) && FuseNames.mark(directory, entry.name()).isPresent()) {
        hiding.add(entry.name());
      }
    }
    return hiding;
  }

  private static boolean hasWhiteouts(LayerDirectory directory) throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (isWhiteout(directory, entry)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWhiteout(LayerDirectory directory, LayerEntry entry) throws IOException {
    boolean maybe = entry.type() == EntryType.UNKNOWN || entry.type() == EntryType.CHARACTER_DEVICE;
    return maybe && LayerEntries.present(directory, entry.name()).isWhiteoutDevice();
  }

  /** They hide nothing in an opaque directory, and the kernel would list them. */
  private static void removeWhiteouts(LayerDirectory directory) throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (isWhiteout(directory, entry)) {
        directory.remove(entry.name());
      }
    }
  }

  /** Where no layer below has the directory, the kernel lists its whiteouts but for this. */
  private void markWhiteouts(LayerDirectory directory) throws IOException {
    String origin = Mark.ORIGIN.xattr(marks);
    if (directory.xattr(Name.SELF, origin).isEmpty()) {
      directory.setXattr(Name.SELF, origin, new byte[0]);
    }
  }

  /** Tells whether an entry is a directory; a file is converted. */
  private static boolean isDirectory(LayerDirectory directory, LayerEntry entry)
      throws IOException {
    EntryType type =
        entry.type() == EntryType.UNKNOWN
            ? LayerEntries.present(directory, entry.name()).type()
            : entry.type();
    if (type == EntryType.FILE) {
      List<String> xattrs = directory.xattrs(entry.name());
      refuseOverride(directory, entry.name(), xattrs);
      if (xattrs.contains(FuseNames.ORIGIN)) {
        directory.removeXattr(entry.name(), FuseNames.ORIGIN);
      }
    }
    return type == EntryType.DIRECTORY;
  }

  /**
   * Gives an opaque directory the kernel's mark, which the program heeds, too, before it loses the
   * others. Returns whether it is opaque.
   */
  private boolean convertMarks(LayerDirectory directory) throws IOException {
    List<String> xattrs = directory.xattrs(Name.SELF);
    refuseOverride(directory, Name.SELF, xattrs);
    boolean opaque = FuseNames.isOpaque(directory, marks);
    String own = Mark.OPAQUE.xattr(marks);
    if (opaque && !xattrs.contains(own)) {
      directory.setXattr(Name.SELF, own, YES);
    }
    for (String xattr : List.of(FuseNames.OPAQUE, FuseNames.ORIGIN)) {
      if (xattrs.contains(xattr)) {
        directory.removeXattr(Name.SELF, xattr);
      }
    }
    return opaque;
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

  /**
   * Puts a whiteout in place of an entry that means one. What has the hidden name in this very
   * layer is hidden as well: a crash of the program, which was about to remove it, leaves that.
   */
  private static void convertHiding(LayerDirectory directory, Name hiding, boolean opaque)
      throws IOException {
    Optional<Name> hidden = FuseNames.hidden(hiding);
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
}
