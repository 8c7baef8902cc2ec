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

/** Converts the directories of a layer, one after the other, to the kernel's form. */
final class FuseConversion {
  private static final List<String> OVERRIDES =
      List.of(FuseNames.PREFIX + "override_stat", "user.containers.override_stat");
  private static final byte[] YES = {'y'};

  private final MarkNamespace marks;

  FuseConversion(MarkNamespace marks) {
    this.marks = marks;
  }

  /** Converts a directory with everything in it; the handle stays open. */
  void convertTree(LayerDirectory directory) throws IOException {
    TreeWalk.run(new DirectoryStep(null, Name.SELF, directory));
  }

  /** Converts one directory. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private LayerDirectory directory;
    private EntryStat before;
    private boolean changed;
    private EntryCursor entries;

    /** The parent is null for the root, whose handle is open. */
    DirectoryStep(LayerDirectory parent, Name name, LayerDirectory directory) {
      this.parent = parent;
      this.name = name;
      this.directory = directory;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (entries == null) {
        convertDirectory();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        if (isDirectoryOrConverted(directory, entry)) {
          return new DirectoryStep(directory, entry.name(), null);
        }
      }
      if (changed) {
        directory.setTimes(Name.SELF, before.accessed(), before.modified());
      }
      return null;
    }

    private void convertDirectory() throws IOException {
      directory = directory == null ? parent.open(name) : directory;
      before = LayerEntries.requireStat(directory, Name.SELF);
      boolean opaque = convertMarks(directory);
      List<Name> hiding = hidingEntries(directory);
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

  private static List<Name> hidingEntries(LayerDirectory directory) throws IOException {
    List<Name> hiding = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (FuseNames.isHidingName(entry.name())
          && FuseNames.hidingEntry(directory, entry.name()).isPresent()) {
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
    return maybe && LayerEntries.requireStat(directory, entry.name()).isWhiteoutDevice();
  }

  /**
   * Removes whiteouts of an opaque directory: they hide nothing there, and the kernel would list
   * them.
   */
  private static void removeWhiteouts(LayerDirectory directory) throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (isWhiteout(directory, entry)) {
        directory.remove(entry.name());
      }
    }
  }

  /**
   * Marks a directory that has whiteouts: without this mark the kernel lists them if no layer below
   * has the directory.
   */
  private void markWhiteouts(LayerDirectory directory) throws IOException {
    String origin = Mark.ORIGIN.xattr(marks);
    if (directory.xattr(Name.SELF, origin).isEmpty()) {
      directory.setXattr(Name.SELF, origin, new byte[0]);
    }
  }

  /** Tells whether an entry is a directory, and converts the entry if it is a file. */
  private static boolean isDirectoryOrConverted(LayerDirectory directory, LayerEntry entry)
      throws IOException {
    EntryType type =
        entry.type() == EntryType.UNKNOWN
            ? LayerEntries.requireStat(directory, entry.name()).type()
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
   * Gives an opaque directory the kernel's mark, which the program respects too, and then removes
   * the other marks. Returns whether the directory is opaque.
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
                LayerEntries.pathOf(directory, name),
                "fuse-overlayfs keeps the owner and the permissions of this entry in "
                    + override
                    + ".",
                "Set them on the entry itself (chown, chmod), and remove the attribute."));
      }
    }
  }

  /**
   * Replaces a hiding entry by a whiteout. An entry with the hidden name in this layer is hidden
   * too, and removed: the program leaves it if it crashes just before removing it.
   */
  private static void convertHiding(LayerDirectory directory, Name hiding, boolean opaque)
      throws IOException {
    Optional<Name> hidden = FuseNames.hiddenName(hiding);
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
