package dev.overlays.owners;

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
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A directory whose entries have the owners that a view shows. Owners that are set are translated
 * back, and refused if the mapping has no ID for them. An entry cannot be moved to a directory with
 * another mapping, because its owner would change.
 */
final class MappedDirectory implements LayerDirectory {
  private final LayerDirectory base;
  private final OwnerTranslation owners;

  /** The translation is null for a layer without a mapping, used together with mapped layers. */
  MappedDirectory(LayerDirectory base, OwnerTranslation owners) {
    this.base = base;
    this.owners = owners;
  }

  LayerDirectory baseDirectory() {
    return base;
  }

  Optional<OwnerTranslation> ownerTranslation() {
    return Optional.ofNullable(owners);
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    Optional<EntryStat> stat = base.stat(name);
    return owners == null ? stat : stat.map(owners::toView);
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    return new MappedDirectory(base.open(name), owners);
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    Optional<byte[]> value = base.xattr(name, xattr);
    return owners == null ? value : value.map(bytes -> owners.toView(xattr, bytes));
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    if (owners == null) {
      base.setXattr(name, xattr, value);
      return;
    }
    Optional<byte[]> translated = owners.toDisk(xattr, value);
    if (translated.isEmpty()) {
      throw ownerRefusal(name, xattr + " names an ID that the mapping of this lower does not have");
    }
    base.setXattr(name, xattr, translated.get());
  }

  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    if (owners == null) {
      base.setOwner(name, owner, group);
      return;
    }
    OptionalInt user = owners.userIds().toDisk(owner);
    OptionalInt other = owners.groupIds().toDisk(group);
    if (user.isEmpty() || other.isEmpty()) {
      String ids = Integer.toUnsignedString(owner) + ":" + Integer.toUnsignedString(group);
      throw ownerRefusal(name, "the mapping of this lower lacks the owner " + ids);
    }
    base.setOwner(name, user.getAsInt(), other.getAsInt());
  }

  private FileSystemException ownerRefusal(Name name, String why) {
    return new FileSystemException(LayerEntries.pathOf(base, name).toString(), null, why);
  }

  @Override
  public void rename(Name name, LayerDirectory target, Name newName) throws IOException {
    base.rename(name, sameOwners(name, target, newName), newName);
  }

  @Override
  public void createLink(Name name, LayerDirectory target, Name newName) throws IOException {
    base.createLink(name, sameOwners(name, target, newName), newName);
  }

  private static MappedDirectory mappedTarget(LayerDirectory target) {
    if (target instanceof MappedDirectory directory) {
      return directory;
    }
    throw new IllegalArgumentException(target + " is of another store");
  }

  private LayerDirectory sameOwners(Name name, LayerDirectory target, Name newName)
      throws IOException {
    MappedDirectory other = mappedTarget(target);
    if (!Objects.equals(owners, other.owners)) {
      throw new AtomicMoveNotSupportedException(
          LayerEntries.pathOf(base, name).toString(),
          LayerEntries.pathOf(target, newName).toString(),
          "the two layers have different owners in the view");
    }
    return other.base;
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    base.copyData(name, mappedTarget(target).base, newName);
  }

  @Override
  public void copyFile(Name name, EntryStat stat, LayerDirectory target, Name newName, int mode)
      throws IOException {
    base.copyFile(name, stat, mappedTarget(target).base, newName, mode);
  }

  @Override
  public EntryCursor entries() throws IOException {
    return base.entries();
  }

  @Override
  public void createDirectory(Name name) throws IOException {
    base.createDirectory(name);
  }

  @Override
  public OutputStream createFile(Name name) throws IOException {
    return base.createFile(name);
  }

  @Override
  public void createSymlink(Name name, byte[] target) throws IOException {
    base.createSymlink(name, target);
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor)
      throws IOException {
    base.createNode(name, type, deviceMajor, deviceMinor);
  }

  @Override
  public void createWhiteout(Name name) throws IOException {
    base.createWhiteout(name);
  }

  @Override
  public void remove(Name name) throws IOException {
    base.remove(name);
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    base.removeDirectory(name);
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    return base.readFile(name);
  }

  @Override
  public int readStart(Name name, EntryStat stat, byte[] bytes, int offset, int length)
      throws IOException {
    return base.readStart(name, stat, bytes, offset, length);
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    return base.openFile(name, writable);
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    return base.readSymlink(name);
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    return base.xattrs(name);
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    base.removeXattr(name, xattr);
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    base.setMode(name, mode);
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    base.setTimes(name, accessed, modified);
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    base.setProtection(name, immutable, appendOnly);
  }

  @Override
  public void syncFile(Name name) throws IOException {
    base.syncFile(name);
  }

  @Override
  public void syncFileSystem() throws IOException {
    base.syncFileSystem();
  }

  @Override
  public long freeSpace() throws IOException {
    return base.freeSpace();
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    return base.fileHandle(name);
  }

  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    return base.birthTime(name);
  }

  @Override
  public boolean canMoveFrom(LayerDirectory source) throws IOException {
    if (source instanceof MappedDirectory other) {
      return Objects.equals(owners, other.owners) && base.canMoveFrom(other.base);
    }
    // A directory that only shows another form of a layer, as in a dry run, is not of this class.
    return owners == null && base.canMoveFrom(source);
  }

  /**
   * Creates a file without a name. Owners do not matter in it, except in the values of some
   * attributes.
   */
  @Override
  public Optional<UnnamedFile> createUnnamed() throws IOException {
    return base.createUnnamed();
  }

  @Override
  public void close() throws IOException {
    base.close();
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
