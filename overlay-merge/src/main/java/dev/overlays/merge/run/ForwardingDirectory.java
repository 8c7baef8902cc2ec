package dev.overlays.merge.run;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.layer.UnnamedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.Optional;

/**
 * A directory that hands every call on to another one, but for those by which walks read: listings,
 * states of entries, names of attributes, and inner directories. Changes come, too: the walk of an
 * ordinary user lifts the mode of a directory that its owner may not read, and notes it.
 */
abstract class ForwardingDirectory implements LayerDirectory {
  private final LayerDirectory base;

  ForwardingDirectory(LayerDirectory base) {
    this.base = base;
  }

  final LayerDirectory baseDirectory() {
    return base;
  }

  /** Is called when something in the directory was changed. A call that fails changes nothing. */
  abstract void afterChange();

  private static ForwardingDirectory forwardingTarget(LayerDirectory target) {
    if (target instanceof ForwardingDirectory directory) {
      return directory;
    }
    throw new IllegalArgumentException(target + " is of another store");
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    return base.xattr(name, xattr);
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
  public void syncFile(Name name) throws IOException {
    base.syncFile(name);
  }

  @Override
  public void syncFileSystem() throws IOException {
    base.syncFileSystem();
  }

  @Override
  public Optional<UnnamedFile> createUnnamed() throws IOException {
    return base.createUnnamed();
  }

  @Override
  public void createDirectory(Name name) throws IOException {
    base.createDirectory(name);
    afterChange();
  }

  @Override
  public OutputStream createFile(Name name) throws IOException {
    OutputStream created = base.createFile(name);
    afterChange();
    return created;
  }

  @Override
  public void createFile(Name name, int mode) throws IOException {
    base.createFile(name, mode);
    afterChange();
  }

  @Override
  public void createSymlink(Name name, byte[] target) throws IOException {
    base.createSymlink(name, target);
    afterChange();
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor)
      throws IOException {
    base.createNode(name, type, deviceMajor, deviceMinor);
    afterChange();
  }

  @Override
  public void createWhiteout(Name name) throws IOException {
    base.createWhiteout(name);
    afterChange();
  }

  @Override
  public void remove(Name name) throws IOException {
    base.remove(name);
    afterChange();
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    base.removeDirectory(name);
    afterChange();
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    base.setXattr(name, xattr, value);
    afterChange();
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    base.removeXattr(name, xattr);
    afterChange();
  }

  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    base.setOwner(name, owner, group);
    afterChange();
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    base.setMode(name, mode);
    afterChange();
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    base.setTimes(name, accessed, modified);
    afterChange();
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    base.setProtection(name, immutable, appendOnly);
    afterChange();
  }

  @Override
  public void createLink(Name name, LayerDirectory target, Name newName) throws IOException {
    ForwardingDirectory other = forwardingTarget(target);
    base.createLink(name, other.base, newName);
    afterChange();
    other.afterChange();
  }

  @Override
  public void rename(Name name, LayerDirectory target, Name newName) throws IOException {
    ForwardingDirectory other = forwardingTarget(target);
    base.rename(name, other.base, newName);
    afterChange();
    other.afterChange();
  }

  @Override
  public void exchange(Name name, LayerDirectory target, Name otherName) throws IOException {
    ForwardingDirectory other = forwardingTarget(target);
    base.exchange(name, other.base, otherName);
    afterChange();
    other.afterChange();
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    ForwardingDirectory other = forwardingTarget(target);
    base.copyData(name, other.base, newName);
    afterChange();
    other.afterChange();
  }

  @Override
  public void copyFile(Name name, EntryStat stat, LayerDirectory target, Name newName, int mode)
      throws IOException {
    ForwardingDirectory other = forwardingTarget(target);
    base.copyFile(name, stat, other.base, newName, mode);
    afterChange();
    other.afterChange();
  }

  @Override
  public boolean canMoveFrom(LayerDirectory source) throws IOException {
    // A directory that shows another form of a layer, as in a dry run, is not of this class.
    return base.canMoveFrom(source instanceof ForwardingDirectory other ? other.base : source);
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
