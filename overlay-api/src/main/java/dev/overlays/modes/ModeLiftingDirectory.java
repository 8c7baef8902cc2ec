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

/** A directory in which its owner may do what the modes do not allow. */
final class ModeLiftingDirectory implements LayerDirectory {
  private final LiftedModes modes;
  private final LayerDirectory base;
  private final Path root;
  private final ModeLiftingDirectory parent;
  private final Name name;
  private volatile EntryStat lifted;

  ModeLiftingDirectory(
      LiftedModes modes, LayerDirectory base, Path root, ModeLiftingDirectory parent, Name name) {
    this.modes = modes;
    this.base = base;
    this.root = root;
    this.parent = parent;
    this.name = name;
  }

  private static ModeLiftingDirectory liftingTarget(LayerDirectory target) {
    if (target instanceof ModeLiftingDirectory directory) {
      return directory;
    }
    throw new IllegalArgumentException(target + " is of another store");
  }

  private List<Name> pathTo(Name entry) {
    List<Name> path = new ArrayList<>();
    if (!entry.equals(Name.SELF)) {
      path.add(entry);
    }
    for (ModeLiftingDirectory at = this; at.parent != null; at = at.parent) {
      path.add(0, at.name);
    }
    return path;
  }

  /** An operation that may be refused. */
  @FunctionalInterface
  private interface RefusableCall<T> {
    T makeCall() throws IOException;
  }

  /** An operation that may be refused and returns nothing. */
  @FunctionalInterface
  private interface RefusableChange {
    void makeChange() throws IOException;
  }

  private void changeLifting(Name entry, RefusableChange change) throws IOException {
    tryLifting(
        entry,
        () -> {
          change.makeChange();
          return true;
        });
  }

  /**
   * Makes a call. If it is refused, tries again with the owner's bits on this directory, then on
   * the entry too.
   */
  private <T> T tryLifting(Name entry, RefusableCall<T> attempt) throws IOException {
    try {
      return attempt.makeCall();
    } catch (AccessDeniedException e) {
      if (liftDirectory()) {
        try {
          return attempt.makeCall();
        } catch (AccessDeniedException f) {
          return tryLiftedEntry(entry, attempt, f);
        }
      }
      return tryLiftedEntry(entry, attempt, e);
    }
  }

  private <T> T tryLiftedEntry(Name entry, RefusableCall<T> attempt, AccessDeniedException refusal)
      throws IOException {
    if (entry.equals(Name.SELF) || !modes.liftMode(base, entry, root, pathTo(entry))) {
      throw refusal;
    }
    EntryStat stat = LayerEntries.requireStat(base, entry);
    try {
      return attempt.makeCall();
    } finally {
      modes.restoreMode(base, entry, stat);
    }
  }

  private synchronized boolean liftDirectory() throws IOException {
    if (!modes.liftMode(base, Name.SELF, root, pathTo(Name.SELF))) {
      return false;
    }
    lifted = LayerEntries.requireStat(base, Name.SELF);
    return true;
  }

  /**
   * Moves an entry. Moving a directory to another parent writes to the directory itself, so it
   * needs rights to that too. Source: rename(2), EACCES.
   */
  @Override
  public void rename(Name entry, LayerDirectory target, Name newName) throws IOException {
    ModeLiftingDirectory other = liftingTarget(target);
    try {
      base.rename(entry, other.base, newName);
    } catch (AccessDeniedException e) {
      boolean lifted = liftDirectory();
      boolean both = other.liftDirectory() || lifted;
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
      Name entry, ModeLiftingDirectory target, Name newName, AccessDeniedException refusal)
      throws IOException {
    boolean isDirectory = base.stat(entry).filter(EntryStat::isDirectory).isPresent();
    if (!isDirectory || !modes.liftMode(base, entry, root, pathTo(entry))) {
      throw refusal;
    }
    EntryStat stat = LayerEntries.requireStat(base, entry);
    LayerDirectory place = base;
    Name placeName = entry;
    try {
      // After a crash the entry may be at either place.
      Name second = modes.noteAgain(stat, target.root, target.pathTo(newName));
      try {
        base.rename(entry, target.base, newName);
        place = target.base;
        placeName = newName;
      } finally {
        modes.removeNote(second);
      }
    } finally {
      modes.restoreMode(place, placeName, stat);
    }
  }

  @Override
  public void createLink(Name entry, LayerDirectory target, Name newName) throws IOException {
    ModeLiftingDirectory other = liftingTarget(target);
    changeLifting(
        Name.SELF,
        () -> other.changeLifting(Name.SELF, () -> base.createLink(entry, other.base, newName)));
  }

  @Override
  public void copyData(Name entry, LayerDirectory target, Name newName) throws IOException {
    ModeLiftingDirectory other = liftingTarget(target);
    changeLifting(
        entry, () -> other.changeLifting(newName, () -> base.copyData(entry, other.base, newName)));
  }

  @Override
  public void copyFile(Name entry, EntryStat stat, LayerDirectory target, Name newName, int mode)
      throws IOException {
    ModeLiftingDirectory other = liftingTarget(target);
    changeLifting(
        entry,
        () ->
            other.changeLifting(
                newName, () -> base.copyFile(entry, stat, other.base, newName, mode)));
  }

  @Override
  public EntryCursor entries() throws IOException {
    return tryLifting(Name.SELF, base::entries);
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    return tryLifting(name, () -> base.stat(name)).map(modes::withOwnMode);
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    LayerDirectory opened = tryLifting(name, () -> base.open(name));
    return new ModeLiftingDirectory(modes, opened, root, this, name);
  }

  @Override
  public OutputStream createFile(Name name) throws IOException {
    return tryLifting(name, () -> base.createFile(name));
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    return tryLifting(name, () -> base.readFile(name));
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    return tryLifting(name, () -> base.openFile(name, writable));
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    return tryLifting(name, () -> base.readSymlink(name));
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    return tryLifting(name, () -> base.xattrs(name));
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    return tryLifting(name, () -> base.xattr(name, xattr));
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    return tryLifting(name, () -> base.fileHandle(name));
  }

  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    return tryLifting(name, () -> base.birthTime(name));
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
  public boolean canMoveFrom(LayerDirectory source) throws IOException {
    // A directory that only shows another form of a layer, as in a dry run, is not of this class.
    return base.canMoveFrom(source instanceof ModeLiftingDirectory other ? other.base : source);
  }

  @Override
  public void createDirectory(Name name) throws IOException {
    changeLifting(name, () -> base.createDirectory(name));
  }

  @Override
  public void createSymlink(Name name, byte[] target) throws IOException {
    changeLifting(name, () -> base.createSymlink(name, target));
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor)
      throws IOException {
    changeLifting(name, () -> base.createNode(name, type, deviceMajor, deviceMinor));
  }

  @Override
  public void createWhiteout(Name name) throws IOException {
    changeLifting(name, () -> base.createWhiteout(name));
  }

  @Override
  public void remove(Name name) throws IOException {
    changeLifting(Name.SELF, () -> base.remove(name));
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    changeLifting(Name.SELF, () -> base.removeDirectory(name));
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    changeLifting(name, () -> base.setXattr(name, xattr, value));
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    changeLifting(name, () -> base.removeXattr(name, xattr));
  }

  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    changeLifting(Name.SELF, () -> base.setOwner(name, owner, group));
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    if (!modes.rememberMode(base, name, mode)) {
      changeLifting(Name.SELF, () -> base.setMode(name, mode));
    }
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    changeLifting(Name.SELF, () -> base.setTimes(name, accessed, modified));
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    changeLifting(name, () -> base.setProtection(name, immutable, appendOnly));
  }

  @Override
  public void syncFile(Name name) throws IOException {
    changeLifting(name, () -> base.syncFile(name));
  }

  @Override
  public void syncFileSystem() throws IOException {
    base.syncFileSystem();
  }

  @Override
  public void close() throws IOException {
    try (base) {
      if (lifted != null) {
        modes.restoreMode(base, Name.SELF, lifted);
      }
    }
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
