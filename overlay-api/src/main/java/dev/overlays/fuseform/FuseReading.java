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
final class FuseReading extends ReadOnlyDirectory {
  private static final byte[] YES = {'y'};

  private final MarkNamespace marks;

  FuseReading(LayerDirectory base, MarkNamespace marks) {
    super(base);
    this.marks = marks;
  }

  /** Lists a hiding entry under the name that it hides, in place of an entry with that name. */
  @Override
  public EntryCursor entries() throws IOException {
    EntryCursor all = base().entries();
    boolean opaque = FuseNames.isOpaque(base(), marks);
    return () -> {
      for (LayerEntry entry = all.next(); entry != null; entry = all.next()) {
        Optional<LayerEntry> shown = shown(entry, opaque);
        if (shown.isPresent()) {
          return shown.get();
        }
      }
      return null;
    };
  }

  private Optional<LayerEntry> shown(LayerEntry entry, boolean opaque) throws IOException {
    if (!isMark(entry.name())) {
      return isHidden(entry.name()) || (opaque && isWhiteout(entry))
          ? Optional.empty()
          : Optional.of(entry);
    }
    Optional<Name> hidden = FuseNames.hidden(entry.name());
    return opaque
        ? Optional.empty()
        : hidden.map(name -> new LayerEntry(name, EntryType.CHARACTER_DEVICE, entry.inode()));
  }

  private boolean isMark(Name name) throws IOException {
    return FuseNames.isHiding(name) && FuseNames.mark(base(), name).isPresent();
  }

  private boolean isWhiteout(LayerEntry entry) throws IOException {
    return entry.type() == EntryType.CHARACTER_DEVICE
        && LayerEntries.present(base(), entry.name()).isWhiteoutDevice();
  }

  private boolean isHidden(Name name) throws IOException {
    return hiding(name).isPresent();
  }

  /**
   * Returns the entry that hides a name; empty also if the name of such an entry would be too long
   * for the file system.
   */
  private Optional<EntryStat> hiding(Name name) throws IOException {
    if (name.equals(Name.SELF)) {
      return Optional.empty();
    }
    try {
      return FuseNames.mark(base(), FuseNames.hiding(name));
    } catch (FileSystemException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    if (isMark(name)) {
      return Optional.empty();
    }
    Optional<EntryStat> hiding = hiding(name);
    if (hiding.isEmpty()) {
      Optional<EntryStat> stat = base().stat(name);
      boolean needless =
          stat.filter(EntryStat::isWhiteoutDevice).isPresent() && FuseNames.isOpaque(base(), marks);
      return needless ? Optional.empty() : stat;
    }
    return FuseNames.isOpaque(base(), marks)
        ? Optional.empty()
        : hiding.map(FuseReading::asWhiteout);
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
    return new FuseReading(base().open(visible(name)), marks);
  }

  private Name visible(Name name) throws IOException {
    if (isMark(name) || isHidden(name)) {
      throw new NoSuchFileException(LayerEntries.path(base(), name).toString());
    }
    return name;
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    if (isHidden(name)) {
      return List.of();
    }
    List<String> shown = new ArrayList<>();
    for (String xattr : base().xattrs(visible(name))) {
      if (!isOwn(xattr)) {
        shown.add(xattr);
      }
    }
    if (xattr(name, opaque()).isPresent()) {
      shown.add(opaque());
    }
    return shown;
  }

  /** The opaque mark is put there anew where the directory is opaque by whatever means. */
  private boolean isOwn(String xattr) {
    return xattr.startsWith(FuseNames.PREFIX)
        || xattr.equals(Mark.FUSE.xattr(marks))
        || xattr.equals(opaque());
  }

  private String opaque() {
    return Mark.OPAQUE.xattr(marks);
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    if (isHidden(name)) {
      return Optional.empty();
    }
    visible(name);
    if (!isOwn(xattr)) {
      return base().xattr(name, xattr);
    }
    if (!xattr.equals(opaque())) {
      return Optional.empty();
    }
    Optional<byte[]> own = base().xattr(name, xattr);
    if (own.isPresent() || !LayerEntries.present(base(), name).isDirectory()) {
      return own;
    }
    try (LayerDirectory directory = base().open(name)) {
      return FuseNames.isOpaque(directory, marks) ? Optional.of(YES.clone()) : Optional.empty();
    }
  }
}
