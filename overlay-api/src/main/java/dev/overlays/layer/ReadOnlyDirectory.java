package dev.overlays.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.Optional;

/**
 * A directory of a layer that is shown as something other than it is, and so cannot be changed.
 * Every method that changes something throws {@link UnsupportedOperationException}; only operations
 * on entries that do not exist reach the file system, so that callers can find out what it would
 * refuse.
 */
public abstract class ReadOnlyDirectory implements LayerDirectory {
  private final LayerDirectory base;

  /**
   * Shows a directory as something else.
   *
   * @param base the real directory, which is closed with this one
   */
  protected ReadOnlyDirectory(LayerDirectory base) {
    this.base = base;
  }

  /**
   * Returns the real directory.
   *
   * @return the directory as it is on the disk
   */
  protected final LayerDirectory baseDirectory() {
    return base;
  }

  private static UnsupportedOperationException readOnlyRefusal() {
    return new UnsupportedOperationException("for reading only");
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    return base.readFile(name);
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    if (writable) {
      throw readOnlyRefusal();
    }
    return base.openFile(name, false);
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    base.copyData(name, target, newName);
  }

  @Override
  public void copyFile(Name name, EntryStat stat, LayerDirectory target, Name newName, int mode)
      throws IOException {
    base.copyFile(name, stat, target, newName, mode);
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
  public boolean canMoveFrom(LayerDirectory source) throws IOException {
    return base.canMoveFrom(source instanceof ReadOnlyDirectory other ? other.base : source);
  }

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

  @Override
  public void createDirectory(Name name) {
    throw readOnlyRefusal();
  }

  @Override
  public OutputStream createFile(Name name) {
    throw readOnlyRefusal();
  }

  @Override
  public void createSymlink(Name name, byte[] target) {
    throw readOnlyRefusal();
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor) {
    throw readOnlyRefusal();
  }

  @Override
  public void createWhiteout(Name name) {
    throw readOnlyRefusal();
  }

  @Override
  public void createLink(Name name, LayerDirectory target, Name newName) {
    throw readOnlyRefusal();
  }

  /** Passes the call on if the entry does not exist, to find out what the file system says. */
  @Override
  public void rename(Name name, LayerDirectory target, Name newName) throws IOException {
    refuseIfThere(name);
    base.rename(name, target instanceof ReadOnlyDirectory other ? other.base : target, newName);
  }

  @Override
  public void remove(Name name) throws IOException {
    refuseIfThere(name);
    base.remove(name);
  }

  private void refuseIfThere(Name name) throws IOException {
    if (base.stat(name).isPresent()) {
      throw readOnlyRefusal();
    }
  }

  @Override
  public void removeDirectory(Name name) {
    throw readOnlyRefusal();
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) {
    throw readOnlyRefusal();
  }

  @Override
  public void removeXattr(Name name, String xattr) {
    throw readOnlyRefusal();
  }

  @Override
  public void setOwner(Name name, int owner, int group) {
    throw readOnlyRefusal();
  }

  @Override
  public void setMode(Name name, int mode) {
    throw readOnlyRefusal();
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) {
    throw readOnlyRefusal();
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) {
    throw readOnlyRefusal();
  }

  @Override
  public void syncFile(Name name) {
    throw readOnlyRefusal();
  }

  @Override
  public void syncFileSystem() {
    throw readOnlyRefusal();
  }
}
