package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
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
import java.util.List;
import java.util.Optional;

/** A directory of a {@link FaultyLayerStore}. */
final class FaultyDirectory implements LayerDirectory {
  private final OperationFaults faults;
  private final LayerDirectory directory;

  FaultyDirectory(OperationFaults faults, LayerDirectory directory) {
    this.faults = faults;
    this.directory = directory;
    faults.rememberHandle(this, directory.toString());
  }

  private String pathOf(Name name) {
    return name.equals(Name.SELF) ? directory.toString() : directory + "/" + name;
  }

  private String pathPair(Name name, LayerDirectory target, Name newName) {
    return pathOf(name) + " -> " + target + "/" + newName;
  }

  private static LayerDirectory unwrapDirectory(LayerDirectory target) {
    return target instanceof FaultyDirectory faulty ? faulty.directory : target;
  }

  @Override
  public EntryCursor entries() throws IOException {
    return faults.run(
        FileOperation.LIST,
        () -> pathOf(Name.SELF),
        () -> FaultyEntryCursors.of(directory, faults));
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    return faults.run(FileOperation.STAT, () -> pathOf(name), () -> directory.stat(name));
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    return faults.run(
        FileOperation.OPEN,
        () -> pathOf(name),
        () -> new FaultyDirectory(faults, directory.open(name)));
  }

  @Override
  public void createDirectory(Name name) throws IOException {
    faults.run(
        FileOperation.CREATE_DIRECTORY, () -> pathOf(name), () -> directory.createDirectory(name));
  }

  @Override
  public OutputStream createFile(Name name) throws IOException {
    return faults.run(
        FileOperation.CREATE_FILE,
        () -> pathOf(name),
        () -> new FaultyStreams.FaultyOutput(directory.createFile(name), faults, pathOf(name)));
  }

  @Override
  public void createFile(Name name, int mode) throws IOException {
    faults.run(
        FileOperation.CREATE_FILE, () -> pathOf(name), () -> directory.createFile(name, mode));
  }

  @Override
  public void createSymlink(Name name, byte[] target) throws IOException {
    faults.run(
        FileOperation.CREATE_SYMLINK,
        () -> pathOf(name),
        () -> directory.createSymlink(name, target));
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor)
      throws IOException {
    faults.run(
        FileOperation.CREATE_NODE,
        () -> pathOf(name),
        () -> directory.createNode(name, type, deviceMajor, deviceMinor));
  }

  @Override
  public void createWhiteout(Name name) throws IOException {
    faults.run(
        FileOperation.CREATE_WHITEOUT, () -> pathOf(name), () -> directory.createWhiteout(name));
  }

  @Override
  public void createLink(Name name, LayerDirectory target, Name newName) throws IOException {
    faults.run(
        FileOperation.CREATE_LINK,
        () -> pathPair(name, target, newName),
        () -> directory.createLink(name, unwrapDirectory(target), newName));
  }

  @Override
  public void rename(Name name, LayerDirectory target, Name newName) throws IOException {
    faults.run(
        FileOperation.RENAME,
        () -> pathPair(name, target, newName),
        () -> directory.rename(name, unwrapDirectory(target), newName));
  }

  @Override
  public void exchange(Name name, LayerDirectory target, Name otherName) throws IOException {
    faults.run(
        FileOperation.RENAME,
        () -> pathPair(name, target, otherName),
        () -> directory.exchange(name, unwrapDirectory(target), otherName));
  }

  @Override
  public void remove(Name name) throws IOException {
    faults.run(FileOperation.REMOVE, () -> pathOf(name), () -> directory.remove(name));
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    faults.run(
        FileOperation.REMOVE_DIRECTORY, () -> pathOf(name), () -> directory.removeDirectory(name));
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    return faults.run(
        FileOperation.OPEN,
        () -> pathOf(name),
        () -> new FaultyStreams.FaultyInput(directory.readFile(name), faults, pathOf(name)));
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    FileOperation operation = writable ? FileOperation.OPEN_FOR_WRITING : FileOperation.OPEN;
    return faults.run(
        operation,
        () -> pathOf(name),
        () -> faults.wrapChannel(directory.openFile(name, writable), pathOf(name)));
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    return faults.run(
        FileOperation.READ_SYMLINK, () -> pathOf(name), () -> directory.readSymlink(name));
  }

  @Override
  public boolean canMoveFrom(LayerDirectory source) throws IOException {
    return directory.canMoveFrom(unwrapDirectory(source));
  }

  /** An unnamed file cannot be seen in the layer, so faults do not concern it. */
  @Override
  public Optional<UnnamedFile> createUnnamed() throws IOException {
    return directory.createUnnamed();
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    return faults.run(FileOperation.READ_XATTR, () -> pathOf(name), () -> directory.xattrs(name));
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    return faults.run(
        FileOperation.READ_XATTR, () -> pathOf(name), () -> directory.xattr(name, xattr));
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    faults.run(
        FileOperation.SET_XATTR, () -> pathOf(name), () -> directory.setXattr(name, xattr, value));
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    faults.run(
        FileOperation.REMOVE_XATTR, () -> pathOf(name), () -> directory.removeXattr(name, xattr));
  }

  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    faults.run(
        FileOperation.SET_OWNER, () -> pathOf(name), () -> directory.setOwner(name, owner, group));
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    faults.run(FileOperation.SET_MODE, () -> pathOf(name), () -> directory.setMode(name, mode));
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    faults.run(
        FileOperation.SET_TIMES,
        () -> pathOf(name),
        () -> directory.setTimes(name, accessed, modified));
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    faults.run(
        FileOperation.SET_PROTECTION,
        () -> pathOf(name),
        () -> directory.setProtection(name, immutable, appendOnly));
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    faults.run(
        FileOperation.COPY_DATA,
        () -> pathPair(name, target, newName),
        () -> copyFitting(name, target, newName));
  }

  private void copyFitting(Name name, LayerDirectory target, Name newName) throws IOException {
    long size = directory.stat(name).map(EntryStat::size).orElse(0L);
    faults.takeAllSpace(size, target + "/" + newName);
    directory.copyData(name, unwrapDirectory(target), newName);
  }

  @Override
  public void syncFile(Name name) throws IOException {
    faults.run(FileOperation.SYNC, () -> pathOf(name), () -> directory.syncFile(name));
  }

  @Override
  public void syncFileSystem() throws IOException {
    faults.run(FileOperation.SYNC, () -> pathOf(Name.SELF), directory::syncFileSystem);
  }

  @Override
  public long freeSpace() throws IOException {
    return faults.run(
        FileOperation.STAT,
        () -> pathOf(Name.SELF),
        () -> Math.min(directory.freeSpace(), faults.freeSpace()));
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    return faults.run(FileOperation.STAT, () -> pathOf(name), () -> directory.fileHandle(name));
  }

  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    return faults.run(FileOperation.STAT, () -> pathOf(name), () -> directory.birthTime(name));
  }

  @Override
  public void close() throws IOException {
    faults.forgetHandle(this);
    directory.close();
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
