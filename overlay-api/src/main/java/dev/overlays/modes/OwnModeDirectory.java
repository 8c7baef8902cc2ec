package dev.overlays.modes;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.layer.UnnamedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A directory in which its owner may do what the modes of the moment refuse. */
final class OwnModeDirectory implements LayerDirectory {
  private final OwnModes modes;
  private final LayerDirectory base;
  private final Path root;
  private final OwnModeDirectory parent;
  private final Name name;
  private volatile EntryStat lifted;

  OwnModeDirectory(
      OwnModes modes, LayerDirectory base, Path root, OwnModeDirectory parent, Name name) {
    this.modes = modes;
    this.base = base;
    this.root = root;
    this.parent = parent;
    this.name = name;
  }

  private static OwnModeDirectory inner(LayerDirectory target) {
    if (target instanceof OwnModeDirectory directory) {
      return directory;
    }
    throw new IllegalArgumentException(target + " is of another store");
  }

  private List<Name> path(Name entry) {
    List<Name> path = new ArrayList<>();
    if (!entry.equals(Name.SELF)) {
      path.add(entry);
    }
    for (OwnModeDirectory at = this; at.parent != null; at = at.parent) {
      path.add(0, at.name);
    }
    return path;
  }

  /** Something that may be refused. */
  @FunctionalInterface
  private interface RefusableCall<T> {
    T make() throws IOException;
  }

  /** Something that may be refused, and returns nothing. */
  @FunctionalInterface
  private interface RefusableChange {
    void make() throws IOException;
  }

  private void change(Name entry, RefusableChange change) throws IOException {
    attempt(
        entry,
        () -> {
          change.make();
          return true;
        });
  }

  /** Tries again with the rights of an owner, to this directory first, then to the entry too. */
  private <T> T attempt(Name entry, RefusableCall<T> attempt) throws IOException {
    try {
      return attempt.make();
    } catch (AccessDeniedException e) {
      if (isLifted()) {
        try {
          return attempt.make();
        } catch (AccessDeniedException f) {
          return attemptLifted(entry, attempt, f);
        }
      }
      return attemptLifted(entry, attempt, e);
    }
  }

  private <T> T attemptLifted(Name entry, RefusableCall<T> attempt, AccessDeniedException refusal)
      throws IOException {
    if (entry.equals(Name.SELF) || !modes.lift(base, entry, root, path(entry))) {
      throw refusal;
    }
    EntryStat stat = LayerEntries.present(base, entry);
    try {
      return attempt.make();
    } finally {
      modes.lower(base, entry, stat);
    }
  }

  private synchronized boolean isLifted() throws IOException {
    if (!modes.lift(base, Name.SELF, root, path(Name.SELF))) {
      return false;
    }
    lifted = LayerEntries.present(base, Name.SELF);
    return true;
  }

  /** A directory that comes to another place is written to itself. Source: rename(2), EACCES. */
  @Override
  public void rename(Name entry, LayerDirectory target, Name newName) throws IOException {
    OwnModeDirectory other = inner(target);
    try {
      base.rename(entry, other.base, newName);
    } catch (AccessDeniedException e) {
      boolean lifted = isLifted();
      boolean both = other.isLifted() || lifted;
      try {
        if (!both) {
          throw e;
        }
        base.rename(entry, other.base, newName);
      } catch (AccessDeniedException f) {
        renameLifted(entry, other, newName, f);
      }
    }
  }

  private void renameLifted(
      Name entry, OwnModeDirectory target, Name newName, AccessDeniedException refusal)
      throws IOException {
    boolean isDirectory = base.stat(entry).filter(EntryStat::isDirectory).isPresent();
    if (!isDirectory || !modes.lift(base, entry, root, path(entry))) {
      throw refusal;
    }
    EntryStat stat = LayerEntries.present(base, entry);
    LayerDirectory place = base;
    Name placeName = entry;
    try {
      // Whoever finds it after a crash may find it at either place.
      Name second = modes.noteAgain(stat, target.root, target.path(newName));
      try {
        base.rename(entry, target.base, newName);
        place = target.base;
        placeName = newName;
      } finally {
        modes.forget(second);
      }
    } finally {
      modes.lower(place, placeName, stat);
    }
  }

  @Override
  public void createLink(Name entry, LayerDirectory target, Name newName) throws IOException {
    OwnModeDirectory other = inner(target);
    change(
        Name.SELF,
        () -> other.change(Name.SELF, () -> base.createLink(entry, other.base, newName)));
  }

  @Override
  public void copyData(Name entry, LayerDirectory target, Name newName) throws IOException {
    OwnModeDirectory other = inner(target);
    change(entry, () -> other.change(newName, () -> base.copyData(entry, other.base, newName)));
  }

  @Override
  public EntryCursor entries() throws IOException {
    return attempt(Name.SELF, base::entries);
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    return attempt(name, () -> base.stat(name)).map(modes::shown);
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    LayerDirectory opened = attempt(name, () -> base.open(name));
    return new OwnModeDirectory(modes, opened, root, this, name);
  }

  @Override
  public OutputStream createFile(Name name) throws IOException {
    return attempt(name, () -> base.createFile(name));
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    return attempt(name, () -> base.readFile(name));
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    return attempt(name, () -> base.openFile(name, writable));
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    return attempt(name, () -> base.readSymlink(name));
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    return attempt(name, () -> base.xattrs(name));
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    return attempt(name, () -> base.xattr(name, xattr));
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    return attempt(name, () -> base.fileHandle(name));
  }

  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    return attempt(name, () -> base.birthTime(name));
  }

  @Override
  public Optional<UnnamedFile> createUnnamed() throws IOException {
    return base.createUnnamed();
  }

  @Override
  public long freeSpace() throws IOException {
    return base.freeSpace();
  }

  @Override
  public boolean mayTakeFrom(LayerDirectory source) throws IOException {
    // What only shows another form of a layer, as a dry run reads it, is none of these.
    return base.mayTakeFrom(source instanceof OwnModeDirectory other ? other.base : source);
  }

  @Override
  public void createDirectory(Name name) throws IOException {
    change(name, () -> base.createDirectory(name));
  }

  @Override
  public void createSymlink(Name name, byte[] target) throws IOException {
    change(name, () -> base.createSymlink(name, target));
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor)
      throws IOException {
    change(name, () -> base.createNode(name, type, deviceMajor, deviceMinor));
  }

  @Override
  public void createWhiteout(Name name) throws IOException {
    change(name, () -> base.createWhiteout(name));
  }

  @Override
  public void remove(Name name) throws IOException {
    change(Name.SELF, () -> base.remove(name));
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    change(Name.SELF, () -> base.removeDirectory(name));
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    change(name, () -> base.setXattr(name, xattr, value));
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    change(name, () -> base.removeXattr(name, xattr));
  }

  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    change(Name.SELF, () -> base.setOwner(name, owner, group));
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    if (!modes.isRemembered(base, name, mode)) {
      change(Name.SELF, () -> base.setMode(name, mode));
    }
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    change(Name.SELF, () -> base.setTimes(name, accessed, modified));
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    change(name, () -> base.setProtection(name, immutable, appendOnly));
  }

  @Override
  public void syncFile(Name name) throws IOException {
    change(name, () -> base.syncFile(name));
  }

  @Override
  public void syncFileSystem() throws IOException {
    base.syncFileSystem();
  }

  @Override
  public void close() throws IOException {
    try (base) {
      if (lifted != null) {
        modes.lower(base, Name.SELF, lifted);
      }
    }
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
