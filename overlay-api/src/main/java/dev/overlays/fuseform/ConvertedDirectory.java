package dev.overlays.fuseform;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.ReadOnlyDirectory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shows a directory in the form of fuse-overlayfs as if it had been converted to the kernel's form.
 */
final class ConvertedDirectory extends ReadOnlyDirectory {
  private static final byte[] YES = {'y'};

  private final MarkNamespace marks;

  ConvertedDirectory(LayerDirectory base, MarkNamespace marks) {
    super(base);
    this.marks = marks;
  }

  /** Lists a hiding entry under the name that it hides, in place of an entry with that name. */
  @Override
  public EntryCursor entries() throws IOException {
    EntryCursor all = baseDirectory().entries();
    boolean opaque = FuseNames.isOpaque(baseDirectory(), marks);
    return () -> {
      for (LayerEntry entry = all.next(); entry != null; entry = all.next()) {
        Optional<LayerEntry> shown = shownEntry(entry, opaque);
        if (shown.isPresent()) {
          return shown.get();
        }
      }
      return null;
    };
  }

  private Optional<LayerEntry> shownEntry(LayerEntry entry, boolean opaque) throws IOException {
    if (!isHidingEntry(entry.name())) {
      return isHidden(entry.name()) || (opaque && isWhiteout(entry))
          ? Optional.empty()
          : Optional.of(entry);
    }
    Optional<Name> hidden = FuseNames.hiddenName(entry.name());
    return opaque
        ? Optional.empty()
        : hidden.map(name -> new LayerEntry(name, EntryType.CHARACTER_DEVICE, entry.inode()));
  }

  private boolean isHidingEntry(Name name) throws IOException {
    return FuseNames.isHidingName(name) && FuseNames.hidingEntry(baseDirectory(), name).isPresent();
  }

  private boolean isWhiteout(LayerEntry entry) throws IOException {
    return entry.type() == EntryType.CHARACTER_DEVICE
        && LayerEntries.requireStat(baseDirectory(), entry.name()).isWhiteoutDevice();
  }

  private boolean isHidden(Name name) throws IOException {
    return hidingEntry(name).isPresent();
  }

  /**
   * Returns the entry that hides a name; empty also if the name of such an entry would be too long
   * for the file system.
   */
  private Optional<EntryStat> hidingEntry(Name name) throws IOException {
    if (name.equals(Name.SELF)) {
      return Optional.empty();
    }
    try {
      return FuseNames.hidingEntry(baseDirectory(), FuseNames.hidingName(name));
    } catch (FileSystemException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    if (isHidingEntry(name)) {
      return Optional.empty();
    }
    Optional<EntryStat> hiding = hidingEntry(name);
    if (hiding.isEmpty()) {
      Optional<EntryStat> stat = baseDirectory().stat(name);
      boolean needless =
          stat.filter(EntryStat::isWhiteoutDevice).isPresent()
              && FuseNames.isOpaque(baseDirectory(), marks);
      return needless ? Optional.empty() : stat;
    }
    return FuseNames.isOpaque(baseDirectory(), marks)
        ? Optional.empty()
        : hiding.map(ConvertedDirectory::asWhiteout);
  }

  private static EntryStat asWhiteout(EntryStat stat) {
    return new EntryStat(
        EntryType.CHARACTER_DEVICE,
        0,
        stat.owner(),
        stat.group(),
        0,
        0,
        1,
        stat.device(),
        stat.inode(),
        0,
        0,
        stat.accessed(),
        stat.modified(),
        false,
        false);
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    return new ConvertedDirectory(baseDirectory().open(requireVisible(name)), marks);
  }

  private Name requireVisible(Name name) throws IOException {
    if (isHidingEntry(name) || isHidden(name)) {
      throw new NoSuchFileException(LayerEntries.pathOf(baseDirectory(), name).toString());
    }
    return name;
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    if (isHidden(name)) {
      return List.of();
    }
    List<String> shown = new ArrayList<>();
    for (String xattr : baseDirectory().xattrs(requireVisible(name))) {
      if (!isOwn(xattr)) {
        shown.add(xattr);
      }
    }
    if (xattr(name, opaqueXattr()).isPresent()) {
      shown.add(opaqueXattr());
    }
    return shown;
  }

  /** The opaque mark is put there anew where the directory is opaque by whatever means. */
  private boolean isOwn(String xattr) {
    return xattr.startsWith(FuseNames.PREFIX)
        || xattr.equals(Mark.FUSE.xattr(marks))
        || xattr.equals(opaqueXattr());
  }

  private String opaqueXattr() {
    return Mark.OPAQUE.xattr(marks);
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    if (isHidden(name)) {
      return Optional.empty();
    }
    requireVisible(name);
    if (!isOwn(xattr)) {
      return baseDirectory().xattr(name, xattr);
    }
    if (!xattr.equals(opaqueXattr())) {
      return Optional.empty();
    }
    Optional<byte[]> own = baseDirectory().xattr(name, xattr);
    if (own.isPresent() || !LayerEntries.requireStat(baseDirectory(), name).isDirectory()) {
      return own;
    }
    try (LayerDirectory directory = baseDirectory().open(name)) {
      return FuseNames.isOpaque(directory, marks) ? Optional.of(YES.clone()) : Optional.empty();
    }
  }
}
